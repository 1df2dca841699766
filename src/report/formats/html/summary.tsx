import { CLAUSE_OUTCOMES, type ClauseOutcome } from "../../../../spec/outcomes.js";
import { isSelfCheck, isSkipped } from "../../../suite/case-result.js";
import { failedSelfChecks } from "../../model/failed-self-checks.js";
import type { Report } from "../../model/report.js";
import { countedText, countText } from "../../text/count-text.js";
import { outcomeText, restrictionText } from "../../text/headline.js";
import { selfCheckText } from "../../text/self-check-text.js";
import { notReproducedLines } from "../../text/skipped-text.js";
import { validationText } from "../../text/validation-text.js";
import { clausesLabel } from "./clause-links.js";
import { runStatus } from "./outcome-status.js";
import { Quoted } from "./quoted.js";
import { shareText } from "./share-text.js";
import { StatusIcon } from "./status.js";

/** Findings whose diagnosis is shown next to the verdict. */
const SHOWN_FINDINGS = 3;
/** Breaches and self-checks that are shown next to the verdict. */
const SHOWN_PROBLEMS = 5;
/** Characters of a name. */
const NAME = 120;
/** Characters of a diagnosis where it is not the card. */
const SENTENCE = 300;

/** The top of the page: the verdict, what is wrong, what may be claimed, and how much was tested. */
export function Summary({ report }: { readonly report: Report }) {
  const { header, footer } = report;
  const { implementation } = header;
  // The words come from the terminal's first line, apart from the sentence, so that they can be larger.
  let verdict = "";
  const sentence = outcomeText(report, (_, text) => {
    verdict = text;
    return "";
  });
  const restriction = restrictionText(report);
  const checked = selfCheckText(report);
  return (
    <div class={`summary ${runStatus(report)}`}>
      <p class="kicker">RMSprop conformance report</p>
      <h1>
        <StatusIcon kind={runStatus(report)} />
        <span>
          <strong>{verdict}</strong>
          <span class="sentence">{sentence}</span>
        </span>
      </h1>
      <p class="subject">
        <b>
          <Quoted limit={NAME}>{implementation.name}</Quoted>
        </b>{" "}
        <Quoted limit={NAME}>{implementation.version}</Quoted> (
        <Quoted limit={NAME}>{implementation.language}</Quoted>) held to dialect{" "}
        <b>
          <Quoted limit={NAME}>{header.dialect}</Quoted>
        </b>
        {header.reference === undefined ? null : (
          <>
            {" "}
            and to the bits of{" "}
            <b>
              <Quoted limit={NAME}>{header.reference}</Quoted>
            </b>
          </>
        )}
        {restriction === undefined ? null : (
          <>
            {" "}
            · <Quoted>{restriction}</Quoted>
          </>
        )}
      </p>
      <Problems report={report} />
      <WhatIsWrong report={report} />
      {footer.claim === undefined ? null : (
        <div class="claim">
          <h2>What it may claim</h2>
          <blockquote>
            <Quoted>{footer.claim}</Quoted>
          </blockquote>
        </div>
      )}
      <Counts report={report} />
      {checked === undefined ? null : (
        <p class="checked">{`${checked[0].toUpperCase()}${checked.slice(1)}`}</p>
      )}
    </div>
  );
}

/** Self-checks of the suite that failed, expectations that do not hold, and faults that no program explains. */
function Problems({ report }: { readonly report: Report }) {
  const { validation } = report.footer;
  const problems = [
    ...(validation === "failed" || validation === "xfailed" ? [validationText(report) ?? ""] : []),
    ...failedSelfChecks(report).map(({ id, message }) => `Self-check ${id}: ${message}`),
    ...(report.footer.expectations?.breaches ?? []).map(
      ({ line, message }) => `Known failure in line ${line}: ${message}`,
    ),
    ...notReproducedLines(report.footer),
  ];
  if (problems.length === 0) return null;
  const rest = problems.length - SHOWN_PROBLEMS;
  return (
    <ul class="problems">
      {problems.slice(0, SHOWN_PROBLEMS).map((problem) => (
        <li key={problem}>
          <Quoted limit={SENTENCE}>{problem}</Quoted>
        </li>
      ))}
      {rest > 0 ? <li>and {countText(rest)} more</li> : null}
    </ul>
  );
}

function WhatIsWrong({ report }: { readonly report: Report }) {
  const { findings } = report;
  if (findings.length === 0) return null;
  const rest = findings.length - SHOWN_FINDINGS;
  return (
    <div class="wrong">
      <h2>{report.footer.outcome === "xfailed" ? "Known failures" : "What is wrong"}</h2>
      <ol>
        {findings.slice(0, SHOWN_FINDINGS).map(({ number, sentence, cases, clauses }) => (
          <li key={number}>
            <a href={`#finding-${number}`}>
              <Quoted limit={SENTENCE}>{sentence}</Quoted>
            </a>{" "}
            <small>
              {countedText(cases.length, "case")}, {clausesLabel(clauses)}
            </small>
          </li>
        ))}
      </ol>
      {rest > 0 ? (
        <p>
          and <a href="#findings">{countedText(rest, "more finding")}</a>
        </p>
      ) : null}
    </div>
  );
}

function Counts({ report: { header, cases, clauses, footer } }: { readonly report: Report }) {
  const { tally, multiStep } = footer;
  const selfChecks = cases.filter(isSelfCheck).length;
  const skipped = cases.filter(({ verdict }) => isSkipped(verdict)).length;
  const clausesWith = (outcome: ClauseOutcome) => clauses.filter((row) => row.outcome === outcome).length;
  const missing = footer.planned - footer.cases;
  return (
    <dl class="counts">
      <div>
        <dt>Cases run</dt>
        <dd>
          {countText(cases.length - skipped - selfChecks)}
          <small>
            <a href="#skipped">{countText(skipped)} skipped</a>
            {missing > 0 ? `, ${countText(missing)} without a result` : ""}
            {selfChecks > 0 ? `, ${countedText(selfChecks, "self-check")} of the suite` : ""}
          </small>
        </dd>
      </div>
      <div>
        <dt>Clauses passed</dt>
        <dd>
          {clausesWith("passed")} of {clauses.length}
          <small>
            {CLAUSE_OUTCOMES.filter(
              (outcome) => outcome !== "passed" && (outcome === "failed" || clausesWith(outcome) > 0),
            )
              .map((outcome) => `${clausesWith(outcome)} ${outcome}`)
              .join(", ")}
          </small>
        </dd>
      </div>
      <div>
        <dt>Values judged</dt>
        <dd>
          {countText(tally.judged)}
          <small>
            {countText(tally.judged - multiStep.judged)} by one step, {countText(multiStep.judged)} over many
          </small>
        </dd>
      </div>
      <div>
        <dt>Rejected</dt>
        <dd>
          {countText(tally.rejected)}
          <small>{shareText(tally.rejected, tally.judged)} of what was judged</small>
        </dd>
      </div>
      {header.reference === undefined ? null : (
        <div>
          <dt>Bit-exact</dt>
          <dd>
            {shareText(tally.bitExact, tally.judged)}
            <small>
              {countText(tally.bitExact)} equal to <Quoted limit={NAME}>{header.reference}</Quoted>
            </small>
          </dd>
        </div>
      )}
      <div>
        <dt>Proves little</dt>
        <dd>
          {shareText(tally.weak + tally.indeterminate, tally.judged)}
          <small>
            {countText(tally.weak)} weak, {countText(tally.indeterminate)} indeterminate
          </small>
        </dd>
      </div>
    </dl>
  );
}

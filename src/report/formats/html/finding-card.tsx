import { clauseById } from "../../../../spec/clauses.js";
import type { Report, ReportFinding } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { EXPECTATION_FILE_TITLE, expectationFile } from "../../text/expectation-file.js";
import { NOT_ALONE } from "../../text/not-alone-text.js";
import { AxisDifferences } from "./axis-differences.js";
import { ClauseLinks } from "./clause-links.js";
import { CodeBlock, CommandBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { MismatchTable } from "./mismatch-table.js";
import { ProgramListing } from "./program-listing.js";
import { Quoted } from "./quoted.js";
import { SeenBefore } from "./seen-before.js";
import { SnippetList } from "./snippet-list.js";
import { Status } from "./status.js";
import { verdictStatus } from "./verdict-status.js";
import { printedLine, visibleText } from "./visible-text.js";

/** Characters of a command or a list of cases, which have to be copied whole. */
const MAX_CODE_LENGTH = 20_000;

interface FindingCardProps {
  readonly finding: ReportFinding;
  /** Whose finding it is. */
  readonly report: Report;
}

/** One root cause: what is wrong, the smallest program that shows it, and how to reproduce it. */
export function FindingCard({ finding, report }: FindingCardProps) {
  const { number, verdict, sentence, axes, alternatives, firstDiverging, clauses, cases } = finding;
  const { message, mismatch, program, alone, replay } = finding;
  const [clause] = clauses;
  const expectation = expectationFile(finding, report);
  return (
    <article id={`finding-${number}`} class="card" aria-labelledby={`finding-${number}-title`}>
      <h3 id={`finding-${number}-title`}>
        <span class="ordinal">{number}</span> <Quoted lines>{sentence}</Quoted>
      </h3>
      <p class="meta">
        <Status kind={verdict === "certified" ? "bad" : verdictStatus(verdict)}>{verdict}</Status>
        <span>{countedText(cases.length, "case")}</span>
        <span>{countedText(clauses.length, "clause")}</span>
        {firstDiverging === undefined ? null : (
          <span>
            first to diverge: <b>{printedLine(firstDiverging)}</b>
          </span>
        )}
      </p>
      {clause === undefined ? null : (
        <p class="clause">
          <a href={`#${clause}`}>{clause}</a> {clauseById(clause).statement}
        </p>
      )}
      {axes.length > 0 ? <AxisDifferences axes={axes} /> : null}
      {alternatives.length > 0 ? (
        <p>
          The observations may also mean:{" "}
          <Quoted>
            {alternatives
              .map((axes) => axes.map(({ axis, observed }) => `${axis} is ${observed}`).join(" and "))
              .join("; or ")}
          </Quoted>
          .
        </p>
      ) : null}
      {axes.length > 0 || sentence.startsWith(message) ? null : (
        <p>
          <Quoted lines>{message}</Quoted>
        </p>
      )}
      <div class="evidence">
        {program === undefined ? (
          <p class="nothing">No program reproduces it in isolation.</p>
        ) : (
          <div>
            <h4>Minimal program</h4>
            <ProgramListing program={program} source={`finding ${number}`} />
            {alone === false ? <p>{NOT_ALONE}</p> : null}
          </div>
        )}
        {mismatch === undefined ? null : (
          <div>
            <h4>Got and accepted</h4>
            <MismatchTable mismatch={mismatch} />
          </div>
        )}
      </div>
      <h4>Replay</h4>
      <CommandBlock>{visibleText(replay, MAX_CODE_LENGTH)}</CommandBlock>
      <h4>To paste into your own tests</h4>
      <SnippetList finding={finding} />
      <h4>More</h4>
      <div class="disclosures">
        {expectation === undefined ? null : (
          <Disclosure summary={EXPECTATION_FILE_TITLE}>
            <CodeBlock>{visibleText(expectation, MAX_CODE_LENGTH)}</CodeBlock>
          </Disclosure>
        )}
        {mismatch === undefined ? null : <SeenBefore mismatch={mismatch} />}
        {clauses.length > 1 ? (
          <Disclosure summary={`All ${countedText(clauses.length, "clause")}`}>
            <ClauseLinks clauses={clauses} />
          </Disclosure>
        ) : null}
        <Disclosure
          summary={`Cases: ${printedLine(cases[0] ?? "none", 80)}${cases.length > 1 ? ` and ${cases.length - 1} more` : ""}`}
        >
          <CodeBlock>{visibleText(cases.join("\n"), MAX_CODE_LENGTH)}</CodeBlock>
        </Disclosure>
      </div>
    </article>
  );
}

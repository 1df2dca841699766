import { isNotRun } from "../../../suite/case-result.js";
import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { CodeBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { type NotRunGroup, notRunGroups } from "./not-run-groups.js";
import { Quoted } from "./quoted.js";
import { Status } from "./status.js";
import { verdictStatus } from "./verdict-status.js";
import { printedLine } from "./visible-text.js";

/** Characters of a reason. */
const REASON = 400;

/** What was not run, and what was run without deciding anything, by reason. */
export function NotRunCases({ report }: { readonly report: Report }) {
  const groups = notRunGroups(report);
  const notRun = groups.filter(({ verdict }) => isNotRun(verdict));
  const undecided = groups.filter(({ verdict }) => !isNotRun(verdict));
  const { planned, cases } = report.footer;
  return (
    <>
      <h3 id="not-run">What was not run, and why</h3>
      {planned > cases ? (
        <p>{countedText(planned - cases, "case")} have no result, because the run is not complete.</p>
      ) : null}
      {notRun.length === 0 ? (
        <p class="nothing">Every case that was selected was run.</p>
      ) : (
        <Groups of={notRun} />
      )}
      {undecided.length === 0 ? null : (
        <>
          <h3>What was run and decides nothing</h3>
          <Groups of={undecided} />
        </>
      )}
    </>
  );
}

function Groups({ of }: { readonly of: readonly NotRunGroup[] }) {
  return (
    <div class="disclosures">
      {of.map(({ verdict, reason, cases }) => (
        <Disclosure
          key={`${verdict} ${reason}`}
          summary={
            <>
              <Status kind={verdictStatus(verdict)}>{verdict}</Status> {countedText(cases.length, "case")}:{" "}
              <Quoted limit={REASON}>{reason}</Quoted>
            </>
          }
        >
          <CodeBlock>{cases.map((id) => printedLine(id)).join("\n")}</CodeBlock>
        </Disclosure>
      ))}
    </div>
  );
}

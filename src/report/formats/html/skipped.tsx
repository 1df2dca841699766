import { isSkipped } from "../../../suite/case-result.js";
import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { CodeBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { type SkippedGroup, skippedGroups } from "./skipped-groups.js";
import { Status } from "./status.js";
import { verdictStatus } from "./verdict-status.js";
import { printedLine } from "./visible-text.js";

/** Characters of a reason. */
const REASON = 400;

/** What was not run, and what was run without deciding anything, by reason. */
export function SkippedCases({ report }: { readonly report: Report }) {
  const groups = skippedGroups(report);
  const skipped = groups.filter(({ verdict }) => isSkipped(verdict));
  const inconclusive = groups.filter(({ verdict }) => !isSkipped(verdict));
  const { planned, cases } = report.footer;
  return (
    <>
      <h3 id="skipped">Skipped cases, by reason</h3>
      {planned > cases ? (
        <p>{countedText(planned - cases, "case")} have no result, because the run is not complete.</p>
      ) : null}
      {skipped.length === 0 ? (
        <p class="nothing">Every case that was selected was run.</p>
      ) : (
        <Groups of={skipped} />
      )}
      {inconclusive.length === 0 ? null : (
        <>
          <h3>Inconclusive cases, by reason</h3>
          <Groups of={inconclusive} />
        </>
      )}
    </>
  );
}

function Groups({ of }: { readonly of: readonly SkippedGroup[] }) {
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

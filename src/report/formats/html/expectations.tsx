import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { CodeBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { Status } from "./status.js";
import { printedLine } from "./visible-text.js";

/** Known failures, and entries that do not hold. */
export function Expectations({ report }: { readonly report: Report }) {
  const { expectations } = report.footer;
  return (
    <>
      <h3>Expectations</h3>
      {expectations === undefined ? (
        <p class="nothing">No known-failures file was given: every failure counts.</p>
      ) : (
        <>
          {expectations.breaches.length === 0 ? (
            <p>
              <Status kind="good">holds</Status> Every entry of the known-failures file holds.
            </p>
          ) : (
            <ul class="plain">
              {expectations.breaches.map(({ kind, line, message }) => (
                <li key={`${line} ${kind}`}>
                  <Status kind="bad">line {line}</Status> <Quoted>{message}</Quoted>
                </li>
              ))}
            </ul>
          )}
          {expectations.expected.length === 0 ? (
            <p>No case fails as expected.</p>
          ) : (
            <Disclosure
              summary={`${countedText(expectations.expected.length, "case fails", "cases fail")} as expected`}
            >
              <CodeBlock>{expectations.expected.map((id) => printedLine(id)).join("\n")}</CodeBlock>
            </Disclosure>
          )}
        </>
      )}
    </>
  );
}

import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { CodeBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { Status } from "./status.js";
import { printedLine } from "./visible-text.js";

/** Failures that the implementer has written down, and entries that do not hold. */
export function Expectations({ report }: { readonly report: Report }) {
  const { expectations } = report.footer;
  return (
    <>
      <h3>Expectations</h3>
      {expectations === undefined ? (
        <p class="nothing">No expectations file was given: every failure counts.</p>
      ) : (
        <>
          {expectations.breaches.length === 0 ? (
            <p>
              <Status kind="good">holds</Status> Every entry of the expectations file does what it says.
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

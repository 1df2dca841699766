import type { ReportFinding } from "../../model/report.js";
import { snippetsOf, whyNoSnippets } from "../../snippet/snippets.js";
import { CodeBlock } from "./code-block.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { readable } from "./unreadable.js";
import { visibleText } from "./visible-text.js";

/** Characters of a snippet: far more than one has whose texts are not meant to be a nuisance. */
const MAX_CHARACTERS = 100_000;

/** Programs to paste that show a finding, one a language, or why there are none. */
export function SnippetList({ finding }: { readonly finding: ReportFinding }) {
  const why = readable(() => whyNoSnippets(finding));
  if ("problem" in why || why.value !== undefined)
    return (
      <p class="nothing">
        No snippet: <Quoted>{"problem" in why ? why.problem : (why.value ?? "")}</Quoted>
      </p>
    );
  const snippets = readable(() => snippetsOf(finding));
  if ("problem" in snippets)
    return (
      <p class="nothing">
        No snippet: <Quoted>{snippets.problem}</Quoted>
      </p>
    );
  return (
    <div class="disclosures side-by-side">
      {snippets.value.map(({ language, title, code }) => (
        <Disclosure key={language} summary={title}>
          <CodeBlock>{visibleText(code, MAX_CHARACTERS)}</CodeBlock>
        </Disclosure>
      ))}
    </div>
  );
}

import { decodeProgram } from "../../../program/program-codec.js";
import { programText } from "../../text/program-text.js";
import { CodeBlock } from "./code-block.js";
import { Quoted } from "./quoted.js";
import { readable } from "./unreadable.js";
import { visibleText } from "./visible-text.js";

interface ProgramListingProps {
  /** A program in its wire form. */
  readonly program: unknown;
  /** What an error calls it. */
  readonly source: string;
}

/** Characters of a program that shrinking could not make smaller. */
const MAX_CHARACTERS = 20_000;

/** A program, one line an operation. */
export function ProgramListing({ program, source }: ProgramListingProps) {
  const lines = readable(() => programText(decodeProgram(program, source)));
  if ("problem" in lines)
    return (
      <p class="nothing">
        The program cannot be read: <Quoted>{lines.problem}</Quoted>
      </p>
    );
  return <CodeBlock>{visibleText(lines.value.join("\n"), MAX_CHARACTERS)}</CodeBlock>;
}

import { decodeProgram } from "../../../program/program-codec.js";
import { programText } from "../../text/program-text.js";
import { CodeBlock } from "./code-block.js";
import { Said } from "./quoted.js";
import { readable } from "./unreadable.js";
import { shownText } from "./visible-text.js";

interface ProgramListingProps {
  /** A program in its wire form. */
  readonly program: unknown;
  /** What an error calls it. */
  readonly source: string;
}

/** Characters of a program that nobody could make smaller. */
const MOST_CHARACTERS = 20_000;

/** A program, one line an operation. */
export function ProgramListing({ program, source }: ProgramListingProps) {
  const lines = readable(() => programText(decodeProgram(program, source)));
  if ("problem" in lines)
    return (
      <p class="nothing">
        The program cannot be read: <Said>{lines.problem}</Said>
      </p>
    );
  return <CodeBlock>{shownText(lines.value.join("\n"), MOST_CHARACTERS)}</CodeBlock>;
}

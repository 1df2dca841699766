import { printedLine, visibleText } from "./visible-text.js";

interface QuotedProps {
  readonly children: string;
  /** Characters that are shown. */
  readonly limit?: number;
  /** Ends of lines are kept. @default false */
  readonly lines?: boolean;
}

/** Untrusted text: printable, cut if long, and without influence on the text direction around it. */
export function Quoted({ children, limit, lines = false }: QuotedProps) {
  return (
    <bdi class={lines ? "said lines" : "said"}>
      {lines ? visibleText(children, limit) : printedLine(children, limit)}
    </bdi>
  );
}

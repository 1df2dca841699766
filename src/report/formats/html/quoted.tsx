import { shownLine, shownText } from "./visible-text.js";

interface SaidProps {
  readonly children: string;
  /** Characters that are shown. */
  readonly limit?: number;
  /** Ends of lines are kept. @default false */
  readonly lines?: boolean;
}

/** Text that somebody else made: printable, cut where it is long, and without influence on the direction around it. */
export function Said({ children, limit, lines = false }: SaidProps) {
  return (
    <bdi class={lines ? "said lines" : "said"}>
      {lines ? shownText(children, limit) : shownLine(children, limit)}
    </bdi>
  );
}

import type { ComponentChildren } from "preact";

interface DisclosureProps {
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What is long is closed, but for printing. */
export function Disclosure({ summary, children }: DisclosureProps) {
  return (
    <details>
      <summary>{summary}</summary>
      <div class="body">{children}</div>
    </details>
  );
}

import type { ComponentChildren } from "preact";

interface DisclosureProps {
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Long content is collapsed, except in print. */
export function Disclosure({ summary, children }: DisclosureProps) {
  return (
    <details>
      <summary>{summary}</summary>
      <div class="body">{children}</div>
    </details>
  );
}

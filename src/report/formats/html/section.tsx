import type { ComponentChildren } from "preact";

interface SectionProps {
  /** Id of the section; links lead to it. */
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** One part of the page, with its heading. */
export function Section({ id, title, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

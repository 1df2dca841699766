import type { ComponentChildren } from "preact";

interface PlotProps {
  readonly title: ComponentChildren;
  /** What the plot shows, for those who do not see it. */
  readonly alternative: string;
  readonly svg: string;
  readonly legend: ComponentChildren;
  /** Remarks and the numbers. */
  readonly children: ComponentChildren;
}

/** A plot with its title, its lines' names, a text that stands for it, and its numbers. */
export function Plot({ title, alternative, svg, legend, children }: PlotProps) {
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      {legend}
      <div
        class="chart"
        role="img"
        aria-label={alternative}
        // Vega made it, of numbers alone: nothing that an implementation says goes in.
        dangerouslySetInnerHTML={{ __html: svg }}
      />
      {children}
    </figure>
  );
}

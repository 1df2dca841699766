import type { ComponentChildren } from "preact";

/** A status. Each has a shape of its own, so that no colour is needed to tell them apart. */
export type StatusKind = "good" | "bad" | "warning" | "none";

const SHAPES: Readonly<Record<StatusKind, ComponentChildren>> = {
  good: (
    <>
      <circle cx="8" cy="8" r="7.5" fill="currentColor" />
      <path class="on" d="M4.4 8.3 7 10.9l4.7-5.3" />
    </>
  ),
  bad: (
    <>
      <path d="M5 .6h6L15.4 5v6L11 15.4H5L.6 11V5z" fill="currentColor" />
      <path class="on" d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" />
    </>
  ),
  warning: (
    <>
      <path d="M8 .9 15.7 15H.3z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      <path class="on" d="M8 5.6v4.2m0 2.3v.2" />
    </>
  ),
  none: (
    <circle
      cx="8"
      cy="8"
      r="6.5"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-dasharray="3.2 2.2"
    />
  ),
};

/** The shapes, once a page; `StatusIcon` points to them. */
export function StatusShapes() {
  return (
    <svg width="0" height="0" class="shapes" aria-hidden="true">
      {Object.entries(SHAPES).map(([kind, shape]) => (
        <symbol key={kind} id={`status-${kind}`} viewBox="0 0 16 16">
          {shape}
        </symbol>
      ))}
    </svg>
  );
}

/** A symbol next to text that says the same. */
export function StatusIcon({ kind }: { readonly kind: StatusKind }) {
  return (
    <svg class={`icon ${kind}`} width="16" height="16" aria-hidden="true">
      <use href={`#status-${kind}`} />
    </svg>
  );
}

/** A word with its shape. */
export function Status({
  kind,
  children,
}: {
  readonly kind: StatusKind;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`status ${kind}`}>
      <StatusIcon kind={kind} /> {children}
    </span>
  );
}

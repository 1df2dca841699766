/** Text to copy. Long lines wrap, so that nothing scrolls; what is copied has no more ends of lines than what is shown. */
export function CodeBlock({ children }: { readonly children: string }) {
  return (
    <pre>
      <code>{children}</code>
    </pre>
  );
}

/** One command line: a click selects all of it. */
export function CommandBlock({ children }: { readonly children: string }) {
  return (
    <pre class="command">
      <code>{children}</code>
    </pre>
  );
}

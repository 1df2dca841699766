/** The specification's own words, in which names stand between backticks. */
export function Specified({ children }: { readonly children: string }) {
  return <>{children.split("`").map((part, k) => (k % 2 === 1 ? <code key={k}>{part}</code> : part))}</>;
}

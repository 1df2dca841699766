import { countText } from "../../text/count-text.js";

/** The first clause, and how many follow. */
export function clausesLabel(clauses: readonly string[]): string {
  const [first, ...rest] = clauses;
  if (first === undefined) return "no clause";
  return rest.length === 0 ? first : `${first} and ${countText(rest.length)} more`;
}

/** Links to the rows of clauses on this page. */
export function ClauseLinks({ clauses }: { readonly clauses: readonly string[] }) {
  return (
    <ul class="inline">
      {clauses.map((id) => (
        <li key={id}>
          <a href={`#${id}`}>{id}</a>
        </li>
      ))}
    </ul>
  );
}

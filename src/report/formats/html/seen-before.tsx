import type { ReportMismatch } from "../../model/report.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";

/** Characters of a decimal. */
const DECIMAL = 60;

/** The implementation's own earlier values, from which the accepted values were computed. */
export function SeenBefore({ mismatch: { seen = [] } }: { readonly mismatch: ReportMismatch }) {
  if (seen.length === 0) return null;
  return (
    <Disclosure summary="Earlier observations of the element, from which the accepted values were computed">
      <table class="mismatch">
        <caption>By the operation of the program that observed it, counted from 0</caption>
        <thead>
          <tr>
            <th scope="col">operation</th>
            <th scope="col">slot</th>
            <th scope="col">decimal</th>
            <th scope="col">bits</th>
          </tr>
        </thead>
        <tbody>
          {seen.flatMap(({ operation, values }) =>
            Object.entries(values).map(([slot, { value, bits }]) => (
              <tr key={`${operation} ${slot}`}>
                <th scope="row">{operation}</th>
                <td>{slot}</td>
                <td>
                  <Quoted limit={DECIMAL}>{value}</Quoted>
                </td>
                <td>{bits}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Disclosure>
  );
}

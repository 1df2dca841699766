import type { ReportFloat, ReportMismatch } from "../../model/report.js";
import { countedText, countText } from "../../text/count-text.js";
import { acceptedRows, distanceBetween } from "./accepted-rows.js";
import { Quoted } from "./quoted.js";

/** Accepted values, or ranges of them, that are listed before the rest is counted. */
const SHOWN_ACCEPTED = 4;
/** Characters of a decimal. */
const DECIMAL = 60;

/** The value that was got neighbour those that are accepted: decimal, bits, and how far apart. */
export function MismatchTable({ mismatch }: { readonly mismatch: ReportMismatch }) {
  const { slot, parameter, element, step, got, reference } = mismatch;
  const accepted = acceptedRows(mismatch);
  const rest = accepted.length - SHOWN_ACCEPTED;
  const nearest = accepted[0]?.[0].value ?? reference;
  return (
    <table class="mismatch">
      <caption>
        {slot} of parameter {parameter}, element {element}, after step {step}
      </caption>
      <thead>
        <tr>
          <td />
          <th scope="col">decimal</th>
          <th scope="col">bits</th>
          <th scope="col" class="number">
            from got
          </th>
        </tr>
      </thead>
      <tbody>
        <FloatRow name="got" value={got} adjacent={nearest} />
        {accepted
          .slice(0, SHOWN_ACCEPTED)
          .flat()
          .map(({ name, value, distance }) => (
            <FloatRow key={value.bits} name={name} value={value} adjacent={got} distance={distance} />
          ))}
        {rest > 0 ? (
          <tr>
            <th scope="row">accepted</th>
            <td colSpan={3}>{countText(rest)} more, further away</td>
          </tr>
        ) : null}
        {reference === undefined ? null : (
          <FloatRow
            name="reference"
            value={reference}
            adjacent={got}
            distance={distanceBetween(reference, got)}
          />
        )}
      </tbody>
    </table>
  );
}

interface FloatRowProps {
  readonly name: string;
  readonly value: ReportFloat;
  /** Digits that differ from its digits are underlined. */
  readonly adjacent: ReportFloat | undefined;
  readonly distance?: number | undefined;
}

function FloatRow({ name, value, adjacent: nearby, distance }: FloatRowProps) {
  return (
    <tr class={name === "got" ? "got" : undefined}>
      <th scope="row">{name}</th>
      <td>
        <Quoted limit={DECIMAL}>{value.value}</Quoted>
      </td>
      <td>
        <Bits bits={value.bits} neighbour={nearby?.bits ?? value.bits} />
      </td>
      <td class="number">{distance === undefined ? "" : countedText(distance, "ulp")}</td>
    </tr>
  );
}

/** Hex digits, underlined from the first one that differs. */
function Bits({ bits, neighbour }: { readonly bits: string; readonly neighbour: string }) {
  const first = [...bits].findIndex((digit, k) => digit !== neighbour[k]);
  if (first < 0) return <>{bits}</>;
  return (
    <>
      {bits.slice(0, first)}
      <u>{bits.slice(first)}</u>
    </>
  );
}

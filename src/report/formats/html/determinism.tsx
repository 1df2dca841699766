import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { Quoted } from "./quoted.js";
import { Status, type StatusKind } from "./status.js";

/** Whether the same programs had the same bits again. */
export function Determinism({ report: { header, cases, footer } }: { readonly report: Report }) {
  const audits = cases.filter(({ kind }) => kind === "audit");
  const claimed = header.capabilities.includes("deterministic");
  return (
    <>
      <h3>Determinism</h3>
      <p>
        {claimed
          ? "The implementation claims the same bits for the same program, whatever ran before."
          : "The implementation does not claim the same bits for the same program; other bits are then no failure."}{" "}
        {footer.restarts > 0
          ? `Its process was started again ${countedText(footer.restarts, "time")}, after faults.`
          : ""}
      </p>
      {audits.length === 0 ? (
        <p class="nothing">No program was sent again: the audit was not part of this run.</p>
      ) : (
        <ul class="plain">
          {audits.map(({ id, verdict, runs, message, reason }) => {
            const { kind, word } = auditStatus(verdict, message);
            return (
              <li key={id}>
                <Status kind={kind}>{word}</Status>
                {runs > 0 ? ` ${countedText(runs, "program")} sent again, in another order.` : ""}{" "}
                {message === undefined ? null : <Quoted lines>{message}</Quoted>}
                {reason === undefined ? null : <Quoted>{reason}</Quoted>}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

type Audit = Report["cases"][number];

function auditStatus(
  verdict: Audit["verdict"],
  message: string | undefined,
): { kind: StatusKind; word: string } {
  if (message !== undefined) return { kind: "bad", word: verdict };
  if (verdict === "certified" || verdict === "bit-exact") return { kind: "good", word: "same bits" };
  return { kind: verdict === "skipped" ? "none" : "warning", word: verdict };
}

import { killTimesOf, scoresOf, type TrialResult } from "./trial-result.js";
import type { BenignTrial } from "./try-benign.js";
import type { MutantTrial } from "./try-mutant.js";

/** One line for a mutant: what killed it, after how many cases and how long. */
export function mutantLine({ id, clause, outcome, first, own }: MutantTrial): string {
  const when = first ? ` · ${first.cases} cases, ${first.seconds.toFixed(2)} s: ${first.id}` : "";
  const by = own ? ` · by ${clause}: ${own.id} (${own.verdict})` : ` · not by ${clause}`;
  return `${outcome.padEnd(12)} ${id}${when}${by}`;
}

/** One line for a benign variant, and what it was accused of. */
export function benignLine({ id, level, conforms, judged, accusations, seconds }: BenignTrial): string {
  const line = `${conforms ? "accepted" : "REJECTED"}     ${id} · ${level} · ${judged.toLocaleString("en-US")} observations, ${seconds.toFixed(1)} s`;
  return [line, ...accusations.slice(0, 5).map((accusation) => `             ${accusation}`)].join("\n");
}

/** The two scores, and how soon mutants die. */
export function scoreText(result: TrialResult): string {
  const scores = scoresOf(result);
  const lines = [
    `seed ${result.seed}: ${scores.killed} of ${scores.mutants} mutants killed by their clause, ${scores.accepted} of ${scores.benign} benign variants accepted`,
    ...scores.survived.map(({ id, clause }) => `  survived: ${id} (${clause})`),
    ...scores.wrongClause.map(({ id, clause, first }) => `  not by ${clause}: ${id}, killed by ${first?.id}`),
    ...scores.rejected.map(
      ({ id, accusations }) => `  rejected: ${id}: ${accusations[0] ?? "does not conform"}`,
    ),
  ];
  const times = killTimesOf(result.mutants);
  if (times) {
    const share = (part: number) => `${(100 * part).toFixed(1)} %`;
    lines.push(
      `killed within 1 s: ${share(times.within[1])}, within 10 s: ${share(times.within[10])}; median ${times.medianCases} cases and ${times.medianSeconds.toFixed(2)} s, worst ${times.worstSeconds.toFixed(1)} s`,
    );
  }
  return lines.join("\n");
}

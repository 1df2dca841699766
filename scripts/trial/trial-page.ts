import { clauseById } from "../../spec/clauses.js";
import {
  ablationOf,
  type ClauseEarnings,
  type FamilyEarnings,
  familyAblationOf,
  livingWithout,
} from "./ablation.js";
import { type KillTimes, killTimesOf, scoresOf, type TrialResult, type TrialScores } from "./trial-result.js";

/** What other pages quote of the trial. */
export interface TrialFigures {
  readonly profile: string;
  readonly seeds: readonly number[];
  /** Ids, so that a test can say that the figures are of other subjects than there are now. */
  readonly mutants: readonly string[];
  readonly benign: readonly string[];
  readonly killed: number;
  readonly accepted: number;
  /** Sums over the other seeds. */
  readonly later: Pick<TrialScores, "mutants" | "killed" | "benign" | "accepted">;
  readonly killTimes: KillTimes | undefined;
}

/**
 * The page of the trial, in Markdown, and its figures.
 * @param first with all cases run for every mutant
 * @param later other seeds, drawn cases only
 */
export function trialPage(
  first: TrialResult,
  later: readonly TrialResult[],
  profile: string,
): { readonly page: string; readonly figures: TrialFigures } {
  const scores = scoresOf(first);
  const killTimes = killTimesOf(first.mutants);
  const figures: TrialFigures = {
    profile,
    seeds: [first, ...later].map(({ seed }) => seed),
    mutants: first.mutants.map(({ id }) => id),
    benign: first.benign.map(({ id }) => id),
    killed: scores.killed,
    accepted: scores.accepted,
    later: sumsOf(later),
    killTimes,
  };
  const page = [
    "# The suite on trial",
    `Written by \`npm run trial -- --write\` (profile ${profile}, seed ${first.seed}). Do not edit.`,
    "Faulty RMSprops with one defect each, which the suite must kill by the clause that the defect breaks, and legitimate ones that it must accept under what their authors would honestly declare. They stand in `scripts/trial/subjects/`. Unless a mutant claims the bits of an evaluation, it is judged at level L2 with the default freedom of rounding, where the acceptance sets are widest.",
    "## Scores",
    `**${scores.killed} of ${scores.mutants} mutants killed by their clause. ${scores.accepted} of ${scores.benign} benign variants accepted.**`,
    killTimes ? killTimesText(killTimes) : "",
    seedsText(first, later),
    "## What each clause earns",
    "`kills`: mutants that a case naming the clause kills. `only`: mutants that live if every case that names it is taken away. `assigned`: mutants whose defect is this clause's, all of which it must kill.",
    ablationTable(ablationOf(first.mutants)),
    "### Clauses that no mutant needs",
    needlessText(ablationOf(first.mutants)),
    "### Whole families",
    familyTable(familyAblationOf(first.mutants)),
    withoutText(first),
    "## Mutants",
    "`cases` and `seconds` until the first case fails, in the gate's order, all cases included; then the clause that must kill it, and its case that does.",
    mutantTable(first),
    "## Benign variants",
    benignTable(first),
  ];
  return { page: `${page.filter((part) => part !== "").join("\n\n")}\n`, figures };
}

function killTimesText({ within, medianCases, medianSeconds, worstSeconds }: KillTimes): string {
  const share = (part: number) => `${(100 * part).toFixed(1)} %`;
  return `Killed within 1 second: ${share(within[1])}, within 10 seconds: ${share(within[10])}; in the middle after ${medianCases} cases and ${medianSeconds.toFixed(2)} s, at worst after ${worstSeconds.toFixed(1)} s.`;
}

function seedsText(first: TrialResult, later: readonly TrialResult[]): string {
  if (later.length === 0) return "";
  const { mutants, killed, benign, accepted } = sumsOf(later);
  const stored = first.mutants.length - later[0].mutants.length;
  return `${later.length} other seeds (${later[0].seed} to ${later[later.length - 1].seed}), with what is drawn alone: ${killed} of ${mutants} times a mutant was killed by its clause, ${accepted} of ${benign} times a benign variant was accepted. ${stored} mutants are not in these counts: a stored case or a single example of their clause kills them, whatever the seed.${spoiledText(later)}`;
}

function sumsOf(later: readonly TrialResult[]): TrialFigures["later"] {
  const all = later.map(scoresOf);
  const sum = (of: "mutants" | "killed" | "benign" | "accepted") =>
    all.reduce((total, scores) => total + scores[of], 0);
  return {
    mutants: sum("mutants"),
    killed: sum("killed"),
    benign: sum("benign"),
    accepted: sum("accepted"),
  };
}

/** What a later seed did not kill by its clause, or rejected. */
function spoiledText(later: readonly TrialResult[]): string {
  const spoiled = later.flatMap((result) => {
    const { survived, wrongClause, rejected } = scoresOf(result);
    return [
      ...survived.map(({ id }) => `${id} survived seed ${result.seed}`),
      ...wrongClause.map(({ id }) => `${id} was killed by another clause under seed ${result.seed}`),
      ...rejected.map(({ id }) => `${id} was rejected under seed ${result.seed}`),
    ];
  });
  return spoiled.length === 0 ? "" : ` **${spoiled.join("; ")}.**`;
}

function ablationTable(rows: readonly ClauseEarnings[]): string {
  return table(
    ["clause", "what it says", "assigned", "kills", "only", "which only it kills"],
    rows.map(({ clause, assigned, kills, only }) => [
      clause,
      clauseById(clause).statement,
      assigned.length,
      kills.length,
      only.length,
      only.slice(0, 4).join(", ") + (only.length > 4 ? ", …" : ""),
    ]),
  );
}

/** Why a clause stands although all mutants would die without it. */
function needlessText(rows: readonly ClauseEarnings[]): string {
  const listed = (some: readonly ClauseEarnings[]) => some.map(({ clause }) => clause).join(", ");
  const idle = rows.filter(({ kills }) => kills.length === 0);
  const isReal = ({ clause }: ClauseEarnings) => clauseById(clause).arithmetic === "reals";
  const isContract = ({ clause }: ClauseEarnings) => clauseById(clause).arithmetic === "contract";
  const backed = rows.filter((row) => row.only.length === 0 && !idle.includes(row));
  const [real, contract, others] = [
    idle.filter(isReal),
    idle.filter(isContract),
    idle.filter((row) => !isReal(row) && !isContract(row)),
  ];
  const texts: [readonly ClauseEarnings[], string][] = [
    [
      real,
      "hold over the reals. Their properties hold the update rule against the exact oracle, and a fault of an implementation cannot fail them; what they would find is a fault of the suite, which ends with exit 5.",
    ],
    [
      contract,
      "are about what an implementation says of itself. No arithmetic can break them; the programs in `adapters/faulty` do, and must fail.",
    ],
    [others, "kill nothing: **they are not shown to be of use.**"],
    [
      backed,
      "kill mutants that another clause kills as well. That is meant: the acceptance sets of family 1 judge every value of every case, so that a fault in the value hardly escapes them, and these clauses say in a sentence what it is. They also ask what no set can: equal bits of two runs, a bound over a whole trace, a result that is known from elsewhere.",
    ],
  ];
  return texts
    .filter(([some]) => some.length > 0)
    .map(([some, why]) => `- ${listed(some)} ${why}`)
    .join("\n");
}

function familyTable(rows: readonly FamilyEarnings[]): string {
  return table(
    ["family", "title", "kills", "only", "which live without it"],
    rows.map(({ family, title, kills, only }) => [
      `RMS-${family}`,
      title,
      kills.length,
      only.length,
      only.slice(0, 6).join(", ") + (only.length > 6 ? ", …" : ""),
    ]),
  );
}

function withoutText({ mutants }: TrialResult): string {
  const named = (ids: readonly string[]) => (ids.length === 0 ? "none" : ids.join(", "));
  return [
    `Living without the goldens: ${named(livingWithout(mutants, ["golden"]))}.`,
    `Living without the properties: ${named(livingWithout(mutants, ["property"]))}.`,
  ].join("\n\n");
}

function mutantTable({ mutants }: TrialResult): string {
  return table(
    ["mutant", "defect", "cases", "seconds", "clause", "its case", "verdict"],
    mutants.map(({ id, title, clause, first, own }) => [
      id,
      title,
      first?.cases ?? "survived",
      first?.seconds.toFixed(2) ?? "",
      clause,
      own?.id ?? "none",
      own?.verdict ?? "",
    ]),
  );
}

function benignTable({ benign }: TrialResult): string {
  return table(
    ["variant", "what it does", "level", "observations", "rejected", "accepted"],
    benign.map(({ id, title, level, judged, rejected, conforms }) => [
      id,
      title,
      level,
      judged.toLocaleString("en-US"),
      rejected,
      conforms ? "yes" : "**no**",
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

import { z } from "zod";
import { isFailure, VERDICTS, type Verdict } from "../../judge/verdict.js";
import { PROFILES, type ProfileName } from "../profile.js";

export const EXPECTATIONS_FORMAT = "rmsprop-expectations/1";

/**
 * Verdicts with which a case can fail. At level L3 it can as `certified`: accepted, but not the bits that are
 * claimed.
 */
export const EXPECTABLE = VERDICTS.filter((verdict) => isFailure(verdict) || verdict === "certified") as [
  Verdict,
  ...Verdict[],
];

/** Values of Node's process.platform and process.arch. */
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32"] as const;
const PROCESSORS = [
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips",
  "mipsel",
  "ppc",
  "ppc64",
  "riscv64",
  "s390",
  "s390x",
  "x64",
] as const;

/** Text that is not blank. */
function text(hint: string, form = /\S/) {
  const empty = `missing or empty; ${hint}`;
  return z
    .string({
      error: ({ input }) =>
        input === undefined || input === null
          ? empty
          : `expected text, found ${describe(input)}; put it in quotes`,
    })
    .regex(form, empty);
}

function describe(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "a map" : `the ${typeof input} ${String(input)}`;
}

/** Messages quote these fields, so they are a single line. */
const ONE_LINE = /^.*\S.*$/;

/** One of some values, or a list of them. */
function oneOrMore<T extends string>(values: readonly T[]) {
  const one = z.enum(values as [T, ...T[]]);
  const expected = `expected one of ${values.join(", ")}, or a list of them`;
  return z.union([one, z.array(one).min(1, expected)], { error: expected });
}

const when = z
  .strictObject({
    os: oneOrMore(SYSTEMS).optional(),
    arch: oneOrMore(PROCESSORS).optional(),
    profile: oneOrMore(Object.keys(PROFILES) as ProfileName[]).optional(),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, "has no condition; add one or remove it")
  .meta({
    description: "Where the entry holds: everywhere if left out, otherwise where every condition does",
  });

const listedCase = text("write the id of a case on one line; * is a wildcard", ONE_LINE).meta({
  description: "Id of a case; * is a wildcard",
});

const REASON = text("say why the failure is known and not fixed");
const ISSUE = text("name the issue that tracks it, in quotes if it begins with #");
/** An entry that `expect --fix --add` wrote has no reason yet. */
const unwritten = z.string().nullish();

function expectation<R extends z.ZodType, I extends z.ZodType>(reason: R, issue: I) {
  return z
    .strictObject({
      case: listedCase.optional(),
      cases: z
        .array(listedCase, { error: "expected a list of cases; for a single one, write `case`" })
        .min(1, "lists no case; add one or remove the entry")
        .optional(),
      verdict: z.enum(EXPECTABLE).meta({ description: "The verdict with which every listed case fails" }),
      reason,
      issue,
      until: z.iso
        .date({ error: "expected a calendar date, as in 2027-01-31" })
        .optional()
        .meta({ description: "The last day (UTC) on which the entry is valid" }),
      owner: text("name the owner of the entry, or remove the field").optional(),
      when: when.optional(),
      witness: text("name a program file in one line, or remove the field", ONE_LINE).optional().meta({
        description: "A regression or program file, relative to this file, that fails with the verdict",
      }),
    })
    .refine(
      (entry) => (entry.case === undefined) !== (entry.cases === undefined),
      "names cases twice or not at all; write either `case` with one id or `cases` with a list",
    )
    .meta({ oneOf: [{ required: ["case"] }, { required: ["cases"] }] });
}

function file<E extends z.ZodType>(entry: E) {
  return z.strictObject(
    {
      format: z.literal(EXPECTATIONS_FORMAT),
      expectations: z.array(entry, { error: "expected a list; write [] where nothing is expected to fail" }),
    },
    { error: "expected a map with `format` and `expectations`" },
  );
}

/** The known-failures file: YAML in the implementer's own repository. */
export const expectationsSchema = file(
  expectation(
    REASON.meta({ description: "Why the failure is known and not fixed" }),
    ISSUE.meta({ description: "The issue that tracks it" }),
  ),
).meta({ id: "Expectations", description: "Known failures of an implementation" });

/** The same with entries whose reason and issue may be missing. */
export const draftExpectationsSchema = file(expectation(unwritten, unwritten));

/** A case that an entry lists. */
export interface ListedCase {
  /** Id, with `*` as a wildcard. */
  readonly pattern: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Where an entry holds; a condition that is left out always holds. */
export interface When {
  readonly os?: readonly string[];
  readonly arch?: readonly string[];
  readonly profile?: readonly string[];
}

/** A known failure: one entry of the file. */
export interface Expectation {
  /** Place in the file, from 1. */
  readonly number: number;
  /** Line of the file, from 1. */
  readonly line: number;
  /** At least one. */
  readonly cases: readonly ListedCase[];
  readonly verdict: Verdict;
  /** Empty only in a draft. */
  readonly reason: string;
  /** Empty only in a draft. */
  readonly issue: string;
  /** The last day on which it is valid, as in 2027-01-31. */
  readonly until?: string;
  readonly owner?: string;
  readonly when: When;
  /** Path of a program file, relative to the known-failures file. */
  readonly witness?: string;
}

/** A known-failures file. */
export interface Expectations {
  /** Path of the file, as in messages. */
  readonly source: string;
  readonly entries: readonly Expectation[];
}

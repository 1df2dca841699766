import { z } from "zod";
import { SLOTS } from "../../../spec/arithmetic.js";
import {
  CLAUSE_OUTCOMES,
  INCONCLUSIVE_CAUSES,
  type InconclusiveCause,
  OUTCOME_NAMES,
} from "../../../spec/outcomes.js";
import { FAULTS } from "../../adapter/adapter.js";
import { VERDICTS } from "../../judge/verdict.js";
import { CASE_KINDS, SKIPPED } from "../../suite/case-result.js";
import { LEVELS, type Level } from "../../suite/level.js";
import { VALIDATION_OUTCOMES } from "../../suite/validation.js";

/**
 * report.jsonl: a header, a line for each case, a line for each finding, a line for each clause, a line for each
 * measurement, a footer. A file without its footer is truncated.
 */

/** What a report says that it is. A change of meaning changes the number. */
export const REPORT_FORMAT = "rmsprop-report/2";

const level = z.enum(Object.keys(LEVELS) as [Level, ...Level[]]);
const reached = z.enum([...(Object.keys(LEVELS) as Level[]), "none"]);
const verdict = z.enum([...VERDICTS, SKIPPED]);
const tally = z
  .strictObject({
    judged: z.number().int(),
    bitExact: z.number().int(),
    weak: z.number().int(),
    indeterminate: z.number().int(),
    rejected: z.number().int(),
  })
  .meta({
    id: "Tally",
    description: "Counts of judged observations: one element of one slot after one step each",
  });

const selfCheck = z
  .strictObject({
    judged: z.number().int().meta({ description: "Observations that were judged" }),
    bounded: z.number().int().meta({
      description:
        "Those whose accepted values were held against the exact step, widened by the error of the declared choices",
    }),
    emulated: z.number().int().meta({
      description:
        "Those that were recomputed by decimal.js, one rounding an operation, under a pinned evaluation",
    }),
    negative: z.number().int().meta({ description: "Controls that the judge must reject" }),
    rejected: z.number().int().meta({ description: "Those that it rejected" }),
    positive: z.number().int().meta({ description: "Controls that the judge must accept" }),
    accepted: z.number().int().meta({ description: "Those that it accepted" }),
    seconds: z.number().meta({ description: "Time that this took" }),
  })
  .meta({ id: "SelfCheck", description: "What was checked of the judge while it judged" });

const axisDifference = z.strictObject({
  kind: z.enum(["dialect", "evaluation"]),
  axis: z.string(),
  declared: z.string(),
  observed: z.string(),
});

/** Float32 values are text here, because JSON numbers lose NaN, infinities and −0. */
const float = z
  .strictObject({
    value: z.string().meta({ description: "A short decimal that is this float32, NaN or an infinity" }),
    bits: z
      .string()
      .regex(/^0x[0-9a-f]{8}$/)
      .meta({ description: "The same, as hex digits of its bits" }),
  })
  .meta({ id: "Float32", description: "One float32" });

const slot = z.enum(SLOTS);
const program = z.unknown().meta({ description: "A program in its wire form" });
const place = {
  parameter: z.number().int().meta({ description: "Index of the tensor, over all groups" }),
  element: z.number().int().meta({ description: "Index in the flattened tensor" }),
  step: z.number().int().meta({ description: "Steps of the parameter so far, this one included" }),
};

const ulps = z
  .number()
  .nonnegative()
  .nullable()
  .meta({ description: "ulp; null where only one of the two is NaN or infinite" });

/** What a run measured in addition to its verdicts. None of it decides anything. */
const MEASUREMENTS = [
  z
    .strictObject({
      type: z.literal("accuracy"),
      slot,
      elementSteps: z.number().int().positive(),
      median: ulps,
      p99: ulps,
      worst: z.strictObject({
        ulps,
        ...place,
        got: float,
        exact: z.string().meta({ description: "The exact result, in decimal" }),
        program,
      }),
    })
    .meta({
      description:
        "Error of one step from the implementation's own state, compared with the same step over the reals: of a mean square in ulps of the exact result, of the other slots in ulps of the larger of it and the value before",
    }),
  z
    .strictObject({
      type: z.literal("sets"),
      slot,
      observations: z.number().int().positive(),
      median: z.number().int().positive(),
      p99: z.number().int().positive(),
      most: z.number().int().positive(),
      weak: z.number().int().nonnegative(),
      indeterminate: z.number().int().nonnegative(),
      byDefault: z
        .strictObject({
          median: z.number().int().positive(),
          p99: z.number().int().positive(),
          most: z.number().int().positive(),
          weak: z.number().int().nonnegative(),
          indeterminate: z.number().int().nonnegative(),
        })
        .optional()
        .meta({
          description: "The same observations under the default freedom, where another one is declared",
        }),
    })
    .meta({
      description: "Sizes of acceptance sets, in float32 values, and how many observations prove little",
    }),
  z
    .strictObject({
      type: z.literal("training"),
      id: z.string(),
      title: z.string(),
      errors: z.partialRecord(slot, z.array(ulps)).meta({
        description:
          "After each step the largest error over all elements, compared with the exact training from the same start: of a mean square in ulps of the exact one, of the other slots in ulps of the largest exact value so far",
      }),
    })
    .meta({ description: "How rounding errors grow over the steps of a training" }),
  z
    .strictObject({
      type: z.literal("trajectory"),
      title: z.string(),
      curvature: z.tuple([z.number().positive(), z.number().positive()]).meta({
        description: "c of the loss (c₀·x₀² + c₁·x₁²) / 2",
      }),
      paths: z.array(
        z.strictObject({
          name: z.string(),
          kind: z.enum(["got", "exact", "dialect"]),
          points: z.array(z.tuple([z.number(), z.number()])),
        }),
      ),
    })
    .meta({ description: "Two parameters on their way down a quadratic" }),
] as const;

export const reportLineSchema = z
  .discriminatedUnion("type", [
    z
      .strictObject({
        type: z.literal("header"),
        format: z.literal(REPORT_FORMAT),
        suite: z.string(),
        implementation: z.strictObject({
          name: z.string(),
          version: z.string(),
          language: z.string(),
          issues: z.string().optional(),
        }),
        dialect: z.string(),
        axes: z
          .record(z.string(), z.string())
          .optional()
          .meta({ description: "Formula axes on which the implementation differs from the dialect" }),
        reference: z.string().optional().meta({ description: "The evaluation whose bits are claimed" }),
        evaluation: z
          .record(z.string(), z.array(z.string()))
          .meta({ description: "The choices that are left open on each axis of the evaluation" }),
        capabilities: z.array(z.string()),
        domain: z.string().optional().meta({
          description: "The values of hyperparameters that are accepted, where not all are",
        }),
        validates: z
          .strictObject({ negative: z.array(z.string()), nan: z.array(z.string()) })
          .optional()
          .meta({ description: "Hyperparameters that are declared to be refused where they are wrong" }),
        gradient: z.enum(["kept", "scratch"]).optional(),
        level: level.meta({ description: "The level that was asked for" }),
        profile: z.string(),
        only: z.string().optional().meta({ description: "What the cases were restricted to" }),
        seed: z.number().int(),
        shard: z
          .strictObject({ index: z.number().int().positive(), count: z.number().int().positive() })
          .optional()
          .meta({ description: "Which part of the cases was run, counted from 1, and of how many" }),
        command: z.string(),
        started: z.iso.datetime(),
        environment: z.strictObject({
          node: z.string(),
          platform: z.string(),
          arch: z.string(),
          cpu: z.string(),
        }),
      })
      .meta({ description: "First line: what was run on what" }),
    z
      .strictObject({
        type: z.literal("case"),
        id: z.string(),
        kind: z.enum(CASE_KINDS),
        clauses: z.array(z.string()),
        outcome: z.enum(OUTCOME_NAMES),
        verdict,
        reason: z.string().optional().meta({ description: "Why it was not run, or decides nothing" }),
        missingCapabilities: z
          .array(z.string())
          .optional()
          .meta({ description: "Capabilities that it needs, where it was not run for the lack of them" }),
        runs: z.number().int().meta({
          description: "Draws, without those that were passed over; of a stored case, 1 if it was run",
        }),
        outsideDomain: z.number().int().optional().meta({
          description: "Programs that were not sent because a hyperparameter is outside the declared domain",
        }),
        lessJudged: z.string().optional().meta({
          description: "What is left out of it because more rounding is declared than by default",
        }),
        distribution: z.string().optional().meta({ description: "What was drawn" }),
        failureRateBelow: z.number().gt(0).lt(1).optional().meta({
          description:
            "Upper bound on the failure rate under this distribution, with 95 % confidence, after draws without a failure",
        }),
        tally,
        multiStep: tally.meta({ description: "The part that was judged by sets carried over several steps" }),
        message: z.string().optional().meta({ description: "What failed" }),
        refusal: z.literal(true).optional().meta({
          description: "It fails for what is refused, or is not: this lowers no level",
        }),
      })
      .meta({ description: "One case: what was asked of the implementation, or a self-check of the suite" }),
    z
      .strictObject({
        type: z.literal("finding"),
        number: z.number().int(),
        verdict,
        sentence: z.string(),
        axes: z.array(axisDifference),
        alternatives: z.array(z.array(axisDifference)),
        firstDiverging: z.string().optional(),
        clauses: z.array(z.string()),
        cases: z.array(z.string()),
        message: z.string(),
        mismatch: z
          .strictObject({
            slot,
            ...place,
            operation: z.number().int().meta({ description: "Index of the step in the program" }),
            got: float,
            accepted: z.discriminatedUnion("kind", [
              z.strictObject({ kind: z.literal("listed"), values: z.array(float) }),
              z.strictObject({
                kind: z.literal("intervals"),
                text: z.array(z.string()),
                ranges: z.array(z.tuple([float, float])).meta({
                  description:
                    "The same as numbers, lowest and highest; a range of NaN or of an infinity is that alone",
                }),
              }),
            ]),
            distance: z.number().int().optional().meta({
              description: "Floats from what was got to the nearest listed value, where both are numbers",
            }),
            reference: float.optional(),
            seen: z
              .array(
                z.strictObject({
                  operation: z
                    .number()
                    .int()
                    .meta({ description: "Index of the observation in the program" }),
                  values: z.partialRecord(slot, float),
                }),
              )
              .optional()
              .meta({
                description:
                  "What was seen of the element after earlier steps, from which the accepted values were computed",
              }),
          })
          .optional(),
        program: program.optional(),
        alone: z.boolean().optional().meta({
          description:
            "Whether the program fails when it is all that is run. If not, its case compared it with another, or should have been refused it: `replay` shows the failure",
        }),
        replay: z.string(),
      })
      .meta({ description: "Failures that share one root cause" }),
    z
      .strictObject({
        type: z.literal("clause"),
        clause: z.string(),
        outcome: z.enum(CLAUSE_OUTCOMES).meta({
          description:
            "`spec-only`: only the suite's self-checks pass, and nothing of the implementation was shown",
        }),
        counts: z.partialRecord(verdict, z.number().int()),
      })
      .meta({ description: "What the cases say of one clause" }),
    ...MEASUREMENTS,
    z
      .strictObject({
        type: z.literal("footer"),
        complete: z.boolean(),
        stopped: z.string().optional().meta({ description: "Why it is not complete" }),
        outcome: z.enum(OUTCOME_NAMES).exclude(["skipped"]).meta({
          description: "Whether it conforms at the level of the header",
        }),
        inconclusive: z
          .enum(Object.keys(INCONCLUSIVE_CAUSES) as [InconclusiveCause, ...InconclusiveCause[]])
          .optional()
          .meta({ description: "Why nothing is concluded, where the outcome is inconclusive" }),
        reached,
        validation: z.enum(VALIDATION_OUTCOMES).meta({
          description: "Whether the hyperparameters are refused that must be; no level depends on it",
        }),
        planned: z.number().int().meta({ description: "Cases that were selected" }),
        cases: z.number().int().meta({ description: "Cases that have a line" }),
        skipped: z.number().int().meta({ description: "Cases that were not run" }),
        findings: z.number().int(),
        tally,
        multiStep: tally.meta({ description: "The part that was judged by sets carried over several steps" }),
        selfCheck: selfCheck.optional(),
        expectations: z
          .strictObject({
            expected: z.array(z.string()).meta({ description: "Cases that fail as expected" }),
            breaches: z.array(
              z.strictObject({ kind: z.string(), line: z.number().int(), message: z.string() }),
            ),
          })
          .optional(),
        restarts: z.number().int().meta({ description: "Of the implementation's process, after faults" }),
        notReproduced: z
          .array(z.strictObject({ verdict: z.enum(FAULTS), message: z.string() }))
          .optional()
          .meta({ description: "Faults of the process that no program was found to cause" }),
        claim: z.string().optional().meta({ description: "What the implementation may say of itself" }),
        seconds: z.number(),
        lines: z.number().int().meta({ description: "Lines of the report, this one included" }),
      })
      .meta({ description: "Last line: the outcome; a report without it is truncated" }),
  ])
  .meta({ id: "ReportLine", description: "One line of report.jsonl" });

export type ReportLine = z.output<typeof reportLineSchema>;

/** Lines of one type. */
export type LineOf<T extends ReportLine["type"]> = Extract<ReportLine, { type: T }>;

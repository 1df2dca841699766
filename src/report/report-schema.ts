import { z } from "zod";
import { VERDICTS } from "../judge/verdict.js";
import { CASE_KINDS, NOT_RUN } from "../suite/case-result.js";
import { STANDINGS } from "../suite/clause-matrix.js";
import { LEVELS, type Level } from "../suite/level.js";

/**
 * report.jsonl: a header, a line for each case, a line for each finding, a line for each clause, a footer. A
 * file without its footer is truncated.
 */

const level = z.enum(Object.keys(LEVELS) as [Level, ...Level[]]);
const reached = z.enum([...(Object.keys(LEVELS) as Level[]), "none"]);
const verdict = z.enum([...VERDICTS, ...NOT_RUN]);
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

const axisDifference = z.strictObject({
  kind: z.enum(["dialect", "evaluation"]),
  axis: z.string(),
  declared: z.string(),
  observed: z.string(),
});

/** Float32 values are text here: decimal and bits, because JSON numbers lose NaN and −0. */
const float = z.string().meta({ description: "Decimal and the eight hex digits of the bits" });

export const reportLineSchema = z
  .discriminatedUnion("type", [
    z
      .strictObject({
        type: z.literal("header"),
        format: z.literal("rmsprop-report/1"),
        suite: z.string(),
        implementation: z.strictObject({
          name: z.string(),
          version: z.string(),
          language: z.string(),
          issues: z.string().optional(),
        }),
        dialect: z.string(),
        reference: z.string().optional().meta({ description: "The evaluation whose bits are claimed" }),
        evaluation: z
          .record(z.string(), z.array(z.string()))
          .meta({ description: "The choices that are left open on each axis of the evaluation" }),
        capabilities: z.array(z.string()),
        level: level.meta({ description: "The level that was asked for" }),
        profile: z.string(),
        only: z.string().optional().meta({ description: "What the cases were restricted to" }),
        seed: z.number().int(),
        command: z.string(),
        environment: z.strictObject({ node: z.string(), platform: z.string(), arch: z.string() }),
      })
      .meta({ description: "First line: what was run on what" }),
    z
      .strictObject({
        type: z.literal("case"),
        id: z.string(),
        kind: z.enum(CASE_KINDS),
        clauses: z.array(z.string()),
        verdict,
        reason: z.string().optional().meta({ description: "Why it was not run, or decides nothing" }),
        runs: z.number().int().meta({
          description: "Draws, without those that were passed over; of a stored case, 1 if it was run",
        }),
        distribution: z.string().optional().meta({ description: "What was drawn" }),
        failureRateBelow: z.number().gt(0).lt(1).optional().meta({
          description:
            "Upper bound on the failure rate under this distribution, with 95 % confidence, after draws without a failure",
        }),
        tally,
        message: z.string().optional().meta({ description: "What failed" }),
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
            slot: z.string(),
            parameter: z.number().int(),
            element: z.number().int(),
            step: z.number().int(),
            got: float,
            accepted: z.array(z.string()),
            reference: float.optional(),
          })
          .optional(),
        program: z.unknown().optional().meta({ description: "The minimal program, in its wire form" }),
        replay: z.string(),
      })
      .meta({ description: "Failures that share one root cause" }),
    z
      .strictObject({
        type: z.literal("clause"),
        clause: z.string(),
        standing: z.enum(STANDINGS).meta({
          description:
            "`reals-only`: only the suite's self-checks pass, and nothing of the implementation was shown",
        }),
        counts: z.partialRecord(verdict, z.number().int()),
      })
      .meta({ description: "What was shown of one clause" }),
    z
      .strictObject({
        type: z.literal("footer"),
        complete: z.boolean(),
        stopped: z.string().optional().meta({ description: "Why it is not complete" }),
        conforms: z.boolean(),
        reached,
        decided: z.boolean().meta({ description: "Whether any case says something of the implementation" }),
        planned: z.number().int().meta({ description: "Cases that were selected" }),
        cases: z.number().int().meta({ description: "Cases that have a line" }),
        notRun: z.number().int(),
        findings: z.number().int(),
        tally,
        multiStep: tally.meta({ description: "The part that was judged by sets carried over several steps" }),
        expectations: z
          .strictObject({
            expected: z.array(z.string()).meta({ description: "Cases that fail as expected" }),
            breaches: z.array(z.strictObject({ kind: z.string(), message: z.string() })),
          })
          .optional(),
        restarts: z.number().int().meta({ description: "Of the implementation's process, after faults" }),
        claim: z.string().optional().meta({ description: "What the implementation may say of itself" }),
        seconds: z.number(),
      })
      .meta({ description: "Last line: the outcome; a report without it is truncated" }),
  ])
  .meta({ id: "ReportLine", description: "One line of report.jsonl" });

export type ReportLine = z.output<typeof reportLineSchema>;

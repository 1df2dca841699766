import { z } from "zod";
import type { PinnedEvaluationName } from "../../../spec/evaluations.js";
import { observationCodec } from "../../program/observation.js";
import { programCodec } from "../../program/program.js";

/**
 * A golden set: programs, and what a reference implementation returned for them.
 *
 *   manifest.json                              hash of every file
 *   programs/<family>.json                     programs with clause and flags, stored once
 *   <kind>/<capability>/<family>.json          observations by case, with generator and certificates
 *
 * Case ids never change; a wrong case is retracted with a reason.
 */

/** `as-shipped`: the package as it is. `correct-root`: with nothing but sqrt replaced by the correctly rounded one. */
export const GOLDEN_KINDS = ["correct-root", "as-shipped"] as const;
export type GoldenKind = (typeof GOLDEN_KINDS)[number];

/** CPU capabilities of PyTorch, and the evaluation that each is. */
export const CAPABILITY_EVALUATIONS = {
  default: "unfused",
  avx2: "fused",
} as const satisfies Record<string, PinnedEvaluationName>;
export type CpuCapability = keyof typeof CAPABILITY_EVALUATIONS;
export const CPU_CAPABILITIES = Object.keys(CAPABILITY_EVALUATIONS) as CpuCapability[];

const generator = z
  .strictObject({
    script: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    packages: z.record(z.string(), z.string()),
    machine: z.string(),
    cpu: z.string().optional().meta({ description: "Processor model; as-shipped bits belong to it" }),
  })
  .meta({ description: "What wrote the file" });

const common = {
  family: z.string(),
  kind: z.enum(GOLDEN_KINDS),
  capability: z.enum(CPU_CAPABILITIES as [CpuCapability, ...CpuCapability[]]),
  generator,
};

const caseDescription = {
  id: z.string(),
  comment: z.string(),
  clause: z.string(),
  flags: z.array(z.string()).meta({ description: "Which bugs a failure reveals" }),
  program: programCodec,
  facts: z.record(z.string(), z.unknown()).optional().meta({ description: "What else the trace showed" }),
};

const foreach = z.array(z.boolean()).meta({ description: "PyTorch's foreach settings that gave these bits" });

/** What the Python generator writes: one file a family, kind and capability. */
export const rawGoldenCodec = z.strictObject({
  format: z.literal("rmsprop-golden-raw/1"),
  ...common,
  flagNotes: z.record(z.string(), z.string()),
  cases: z.array(z.strictObject({ ...caseDescription, foreach, observations: z.array(observationCodec) })),
});

export const goldenProgramsCodec = z
  .strictObject({
    format: z.literal("rmsprop-golden-programs/1"),
    family: z.string(),
    flagNotes: z.record(z.string(), z.string()),
    cases: z.array(
      z.strictObject({
        ...caseDescription,
        retracted: z.string().optional().meta({ description: "Why it is wrong" }),
      }),
    ),
  })
  .meta({ id: "GoldenPrograms", description: "Programs of a golden family" });

const certificate = z
  .strictObject({
    judged: z.number().int(),
    weak: z.number().int(),
    indeterminate: z.number().int(),
    sets: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({
        description:
          "SHA-256 over the acceptance sets of all observations: for each, its size and its values in order",
      }),
  })
  .meta({ description: "The oracle's acceptance sets, which contain every observation" });

export const goldenExpectedCodec = z
  .strictObject({
    format: z.literal("rmsprop-golden-expected/1"),
    ...common,
    evaluation: z.string().meta({ description: "The declared evaluation that the certificates are for" }),
    cases: z.array(
      z.strictObject({ id: z.string(), foreach, observations: z.array(observationCodec), certificate }),
    ),
  })
  .meta({ id: "GoldenExpected", description: "Observations of a golden family for one kind and capability" });

export const goldenManifestCodec = z
  .strictObject({
    format: z.literal("rmsprop-golden-manifest/1"),
    files: z.array(
      z.strictObject({
        path: z.string(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        cases: z.number().int(),
      }),
    ),
  })
  .meta({ id: "GoldenManifest", description: "The hash of every file of a golden set" });

export type RawGolden = z.output<typeof rawGoldenCodec>;
export type GoldenPrograms = z.output<typeof goldenProgramsCodec>;
export type GoldenExpected = z.output<typeof goldenExpectedCodec>;
export type GoldenManifest = z.output<typeof goldenManifestCodec>;
export type GoldenCertificate = GoldenExpected["cases"][number]["certificate"];

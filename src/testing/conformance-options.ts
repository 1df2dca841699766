import { z } from "zod";
import type { Capability } from "../../spec/capabilities.js";
import { DIALECTS } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Adapter } from "../adapter/adapter.js";
import { domainSchema, type Hello, helloSchema, inputSchemas } from "../adapter/hello.js";
import type { OptimizerFactory } from "../adapter/optimizer.js";
import { decodeWire } from "../program/decode.js";
import { LEVELS, type Level } from "../suite/level.js";
import { PROFILES, type ProfileName } from "../suite/profile.js";

/** What is asked of any implementation. */
interface AskedOptions {
  /** The level that must be reached. Default: L3 if the bits of an evaluation are claimed, else L2. */
  readonly level?: Level;
  /** How much is generated. Default: ci. */
  readonly profile?: ProfileName;
  /** Seed of everything generated, an integer of 32 bits. Default: the same as the gate's. */
  readonly seed?: number;
  /** Whether the golden cases of real PyTorch are run. Default: true. */
  readonly goldens?: boolean;
  /** Path of a YAML file of known failures, absolute or from the present folder. */
  readonly expectations?: string;
  /** Milliseconds for one test. Default: two minutes; in the profile nightly, an hour. */
  readonly timeout?: number;
  /** The command that runs a test again, given the beginning of its title. Default: words. */
  readonly replay?: (test: string) => string;
}

/** An implementation that lives in this process. */
export interface InProcessOptions extends AskedOptions {
  /** Who it is. Without a version, claims say so; the language is JavaScript unless another is named. */
  readonly implementation: {
    readonly name: string;
    readonly version?: string;
    readonly language?: string;
    /** Where findings may be reported. */
    readonly issues?: string;
  };
  /** Id of the dialect that it computes; of several, each is judged by itself. */
  readonly dialect: string | readonly string[];
  /** What it offers. What is left out is not tested, and counted as not shown. */
  readonly capabilities: readonly Capability[];
  /** How it rounds. Default: the usual freedom, and no evaluation whose bits it claims. */
  readonly float32?: Hello["float32"];
  /** The values that it accepts, as in `{ eps: { above: 0 } }`. Default: all that the dialect has. */
  readonly domain?: Hello["domain"];
  /** Hyperparameters that it refuses where they are negative or NaN. Default: those that the dialect refuses. */
  readonly validates?: Hello["validates"];
  /** Whether a step leaves its gradient as it was, or uses it as scratch. Default: kept. */
  readonly gradient?: Hello["gradient"];
  /** Makes an optimizer. Throw `RejectedHyperparameter` for what it refuses. */
  readonly create: OptimizerFactory["create"];
}

/** An implementation behind an adapter, such as a `ChildProcessAdapter`. */
export interface AdapterOptions extends AskedOptions {
  readonly adapter: Adapter;
  /** What the tests are called. Default: adapter. */
  readonly name?: string;
  /** Dialects that it claims, each of which is judged by itself. Default: the first one that it claims. */
  readonly dialect?: string | readonly string[];
  /** The evaluation whose bits it claims. Default: what it says of itself. */
  readonly evaluation?: PinnedEvaluationName;
}

/** What is put under test, and what is asked of it. */
export type ConformanceOptions = InProcessOptions | AdapterOptions;

function keys<T extends string>(record: Record<T, unknown>): [T, ...T[]] {
  return Object.keys(record) as [T, ...T[]];
}

const dialect = z.enum(DIALECTS.map(({ id }) => id) as [string, ...string[]]);
const functionSchema = z.custom((value) => typeof value === "function", { error: "must be a function" });

/** A bound in process: zod's own number is never infinite. */
const bound = z.custom<number>((x) => typeof x === "number" && !Number.isNaN(x), {
  error: "must be a number",
});

const requested = {
  level: z.enum(keys(LEVELS)).optional(),
  profile: z.enum(keys(PROFILES)).optional(),
  seed: z.number().int().min(-0x7fffffff).max(0x7fffffff).optional(),
  goldens: z.boolean().optional(),
  expectations: z.string().min(1).optional(),
  timeout: z.number().positive().optional(),
  replay: functionSchema.optional(),
};

const EXPECTS_IN_MANY = {
  path: ["expectations"],
  error: "known failures belong to one dialect; register each dialect by itself, with a file of its own",
};
const dialects = z.array(dialect).min(1);
const { implementation, capabilities, float32 } = helloSchema.shape;

const inProcessSchema = z
  .strictObject({
    ...requested,
    implementation: implementation.partial({ version: true, language: true }).strict(),
    dialect: dialects,
    capabilities,
    float32,
    domain: domainSchema(bound).optional(),
    ...inputSchemas,
    create: functionSchema,
  })
  .refine(expectsInOneDialect, EXPECTS_IN_MANY)
  .refine((options) => options.level !== "L3" || options.float32?.reference !== undefined, {
    path: ["level"],
    error: "L3 claims the bits of an evaluation; name it in float32.reference",
  });

const adapterSchema = z
  .strictObject({
    ...requested,
    adapter: z.custom(isAdapter, { error: "must be an adapter, with the methods hello, run and stop" }),
    name: z.string().min(1).optional(),
    dialect: dialects.optional(),
    evaluation: z.enum(keys(PINNED_EVALUATIONS)).optional(),
  })
  .refine(expectsInOneDialect, EXPECTS_IN_MANY);

function expectsInOneDialect(options: { expectations?: unknown; dialect?: readonly string[] | undefined }) {
  return options.expectations === undefined || (options.dialect ?? []).length <= 1;
}

function isAdapter(value: unknown): boolean {
  const methods: readonly unknown[] =
    typeof value === "object" && value !== null
      ? (["hello", "run", "stop"] as const).map((name) => (value as Adapter)[name])
      : [undefined];
  return methods.every((method) => typeof method === "function");
}

/**
 * Refuse options that cannot be meant.
 * @throws {ProgramError} naming the first option that is wrong
 */
export function checkConformanceOptions(options: ConformanceOptions): void {
  const schema = "adapter" in options ? adapterSchema : inProcessSchema;
  const asList = options.dialect === undefined ? {} : { dialect: [options.dialect].flat() };
  decodeWire(schema, { ...options, ...asList } as z.input<typeof schema>, "conformance");
}

/** What the tests of an implementation are called. */
export function nameOf(options: ConformanceOptions): string {
  return "adapter" in options ? (options.name ?? "adapter") : options.implementation.name;
}

import { CAPABILITIES, type Capability } from "../../../spec/capabilities.js";
import type { Hello } from "../../../src/adapter/hello.js";
import { InProcessAdapter } from "../../../src/adapter/in-process.js";
import type { Optimizer, OptimizerGroup } from "../../../src/adapter/optimizer.js";
import { type Parts, PLAIN } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";

type Float32 = NonNullable<Hello["float32"]>;

/** What a variant says of itself. */
export interface Declares {
  /** @default "pytorch" */
  readonly dialect?: string;
  /** Formula axes on which it differs from the dialect. */
  readonly axes?: Hello["axes"];
  /** The evaluation whose bits it claims: it is then judged at level L3. Left out, at L2 with the default freedom. */
  readonly reference?: NonNullable<Float32["reference"]>;
  /** Choices of rounding that it leaves open instead of the default ones. */
  readonly choices?: NonNullable<Float32["choices"]>;
  /** @default all */
  readonly capabilities?: readonly Capability[];
}

/** An implementation that the suite is tried on. */
export interface Variant {
  /** Stable, kebab-case, by what it does. */
  readonly id: string;
  /** What it does, in a sentence. */
  readonly title: string;
  readonly declares?: Declares;
  create(groups: readonly OptimizerGroup[]): Optimizer;
}

/** A bug that somebody shipped, which a mutant re-enacts. */
export interface PublicBug {
  /** Package and version, or issue. */
  readonly where: string;
  /** What went wrong there, in a sentence. */
  readonly what: string;
}

/** A faulty RMSprop with one defect. The suite must kill it, and by this clause. */
export interface Mutant extends Variant {
  readonly clause: string;
  readonly bug?: PublicBug;
}

/** The plain optimizer with some of its parts replaced. */
export function withParts(parts: Partial<Parts>): Variant["create"] {
  return (groups) => new PlainOptimizer(groups, { ...PLAIN, ...parts });
}

type OptimizerClass = new (groups: readonly OptimizerGroup[]) => Optimizer;

/** A subclass of the plain optimizer. */
export function withClass(Class: OptimizerClass): Variant["create"] {
  return (groups) => new Class(groups);
}

/** The variant as the thing under test. */
export function adapterOf({ id, declares = {}, create }: Variant): InProcessAdapter {
  const { dialect = "pytorch", axes, reference, choices, capabilities = CAPABILITIES } = declares;
  const hello: Hello = {
    implementation: { name: id, version: "1", language: "TypeScript" },
    dialects: [dialect],
    ...(axes && { axes }),
    capabilities: [...capabilities],
    float32: { ...(reference && { reference }), ...(choices && { choices }) },
  };
  return new InProcessAdapter(hello, { create: (_, groups) => create(groups) });
}

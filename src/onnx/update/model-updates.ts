import { CAPABILITIES, type Capability } from "../../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../../spec/evaluations.js";
import { type StepShape, stepShape } from "../../../spec/step-shape.js";
import { type LoadedModel, loadModel } from "../model/load-model.js";
import { metadataOf } from "../model/model.js";
import { ModelError } from "../model/model-error.js";
import { signatureOf } from "../model/signature.js";
import { checkConstants } from "./constants.js";
import { extractUpdate } from "./extract-update.js";
import { nearestName } from "./nearest-name.js";
import { type GraphRoles, type NameMap, type ParameterRoles, rolesOf } from "./roles.js";
import { type Constants, shapeText, type UpdateGraph } from "./update-graph.js";
import { type GraphChoice, HOST_CAPABILITIES, type UpdateSource } from "./update-source.js";

export interface ModelUpdatesOptions {
  /** Models, one for each step shape. */
  readonly files: readonly string[];
  /** For models with other names than those of the contract: theirs to ours. */
  readonly map?: NameMap;
  /** Hyperparameters that are built in and cannot be seen from outside. */
  readonly constants?: Constants;
  /** @default what the models' metadata says */
  readonly dialect?: string | undefined;
  /** The evaluation whose bits they claim, or that they claim none. @default what the models' metadata says */
  readonly evaluation?: PinnedEvaluationName | "none" | undefined;
  /** Whose update is tested, where parameters are updated by different graphs. */
  readonly parameter?: string | undefined;
}

/** Somebody's models. */
export class ModelUpdates implements UpdateSource {
  readonly name: string;
  readonly dialects: readonly [string];
  readonly capabilities: readonly Capability[];
  readonly reference: PinnedEvaluationName | undefined;
  private readonly graphs: readonly UpdateGraph[];

  /**
   * @throws {ModelError} for a model that cannot be used, or models that do not go together
   * @throws {NodeJS.ErrnoException} for a file that cannot be read
   */
  constructor(options: ModelUpdatesOptions) {
    const { files, map = {}, constants = {}, parameter } = options;
    const loaded = files.map(loadModel);
    checkMap(loaded, map);
    const dialect = dialectById(
      options.dialect ??
        common(
          loaded,
          "rmsprop.dialect",
          DIALECTS.map(({ id }) => id),
        ) ??
        unknownDialect(loaded),
    );
    const evaluations = Object.keys(PINNED_EVALUATIONS);
    const claimed = common(loaded, "rmsprop.evaluation", evaluations) as PinnedEvaluationName | undefined;
    this.name = files.join(", ");
    this.dialects = [dialect.id];
    this.reference = options.evaluation === "none" ? undefined : (options.evaluation ?? claimed);
    this.graphs = loaded.map((one) => updateGraphOf(one, rolesOf(one, map), dialect, constants, parameter));
    this.refuseSameShapes();
    const offered = new Set<Capability>(HOST_CAPABILITIES);
    for (const { shape } of this.graphs) {
      if (shape.momentum) offered.add("momentum");
      if (shape.centered) offered.add("centered");
      if (shape.weightDecay) offered.add("weight-decay");
      if (shape.maximize) offered.add("maximize");
    }
    this.capabilities = CAPABILITIES.filter((capability) => offered.has(capability));
  }

  choose(dialect: Dialect, h: Hyperparameters): GraphChoice {
    const shape = stepShape(dialect, h);
    const graph =
      this.graphs.find((one) => sameShape(one.shape, shape)) ??
      this.graphs.find((one) => this.covers(one.shape, shape, dialect));
    if (!graph) {
      const given = this.graphs.map((one) => `${shapeText(one.shape)} (${one.source})`).join("; ");
      return { reason: `no model has the step shape "${shapeText(shape)}"; given are: ${given}` };
    }
    for (const [name, value] of Object.entries(graph.constants)) {
      const requested = h[name as keyof Constants];
      if (requested !== value)
        return {
          reason: `${graph.source} has ${name} = ${value} built in, and the program has ${requested}`,
        };
    }
    return { graph };
  }

  /**
   * Whether a step without momentum can be done by a graph that has it, with zeros. Not so without weight decay: it adds
   * 0·p to the gradient, which is NaN where the parameter is infinite.
   */
  private covers(graph: StepShape, step: StepShape, { momentum }: Dialect): boolean {
    const claimsBits = this.reference !== undefined;
    return (Object.keys(graph) as (keyof StepShape)[]).every(
      (part) =>
        graph[part] === step[part] ||
        (part === "momentum" && graph.momentum && zeroMomentumIs(momentum, claimsBits)),
    );
  }

  private refuseSameShapes(): void {
    this.graphs.forEach(({ source, shape }, k) => {
      const first = this.graphs.findIndex((graph) => sameShape(graph.shape, shape));
      if (first === k) return;
      const twice = `${this.graphs[first].source} has the step shape "${shapeText(shape)}" too`;
      throw new ModelError(source, `${twice}: give one model for each shape`);
    });
  }
}

function sameShape(a: StepShape, b: StepShape): boolean {
  return (Object.keys(a) as (keyof StepShape)[]).every((part) => a[part] === b[part]);
}

/**
 * Whether momentum 0 and a buffer of −0 leave a step what it is without momentum. Then μ·b is −0, and adding it changes
 * nothing, not even the sign of a zero; what is left is the learning rate, which "lr-outside" multiplies in after the
 * division: another order, and other bits. Nesterov's 0·∞ is NaN.
 */
function zeroMomentumIs(form: Dialect["momentum"], toTheBit: boolean): boolean {
  return form === "lr-inside" || form === "raw-gradient" || (form === "lr-outside" && !toTheBit);
}

/** @throws {ModelError} for a mapped name that no model has */
function checkMap(loaded: readonly LoadedModel[], map: NameMap): void {
  const names = loaded.flatMap(({ model }) => {
    const { inputs, outputs } = signatureOf(model.graph);
    return [...inputs, ...outputs].map(({ name }) => name);
  });
  for (const theirs of Object.keys(map)) {
    if (names.includes(theirs)) continue;
    const near = nearestName(theirs, names);
    const guess = near === undefined ? `it has ${names.join(", ")}` : `did you mean ${near}?`;
    throw new ModelError(loaded[0].source, `it has no input or output "${theirs}" to map; ${guess}`);
  }
}

/** What all models say; undefined if one of them says nothing. */
function common(loaded: readonly LoadedModel[], key: string, known: readonly string[]): string | undefined {
  const values = loaded.map(({ model }) => metadataOf(model)[key]);
  values.forEach((value, k) => {
    if (value !== undefined && !known.includes(value))
      throw new ModelError(loaded[k].source, `its metadata says ${key}=${value}; known: ${known.join(", ")}`);
    if (value !== values[0])
      throw new ModelError(
        loaded[k].source,
        `its metadata says ${key}=${value ?? "nothing"}, that of ${loaded[0].source} says ${values[0] ?? "nothing"}: models of one run go together`,
      );
  });
  return values[0];
}

function unknownDialect([{ source }]: readonly LoadedModel[]): never {
  throw new ModelError(
    source,
    "its metadata does not say which RMSprop it is (rmsprop.dialect): say so with --dialect",
  );
}

/**
 * The update that a model holds, checked against a dialect.
 * @param expected the parameter whose update it is; undefined if all are updated alike
 * @throws {ModelError}
 */
export function updateGraphOf(
  loaded: LoadedModel,
  roles: GraphRoles,
  dialect: Dialect,
  constants: Constants,
  expected: string | undefined,
): UpdateGraph {
  const { source } = loaded;
  const chosen = chosenParameters(roles, expected, source);
  const extracted = chosen.map((parameter) => extractUpdate(loaded, roles, parameter));
  const [first] = extracted;
  const other = extracted.findIndex(({ model }) => Buffer.compare(model, first.model) !== 0);
  if (other > 0)
    throw new ModelError(
      source,
      `${chosen[0].name} and ${chosen[other].name} are updated by different graphs, or by graphs for one shape each: choose one with --parameter ${chosen[0].name}`,
    );
  const { slots } = chosen[0];
  const { fixed, shape } = checkConstants(source, dialect, slots, roles.scalars, {
    ...(metadataOf(loaded.model)["rmsprop.maximize"] === "true" && { maximize: true }),
    ...constants,
  });
  return {
    source,
    model: first.model,
    slots,
    scalars: first.scalars,
    constants: fixed,
    shape,
    tensorShape: numbersOnly(first.tensorShape),
  };
}

function chosenParameters(
  { parameters }: GraphRoles,
  needed: string | undefined,
  source: string,
): readonly ParameterRoles[] {
  if (needed === undefined) return parameters;
  const found = parameters.find(({ name }) => name === needed);
  if (found) return [found];
  throw new ModelError(
    source,
    `it has no parameter "${needed}"; it has ${parameters.map(({ name }) => name).join(", ")}`,
  );
}

/** A shape with free extents is no restriction that could be checked here: the runtime says what does not fit. */
function numbersOnly(shape: readonly (number | string | null)[] | undefined): readonly number[] | undefined {
  return shape?.every((extent) => typeof extent === "number") ? (shape as readonly number[]) : undefined;
}

import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { LoadedModel } from "../model/load-model.js";
import { metadataOf } from "../model/model.js";
import { ModelError } from "../model/model-error.js";
import { type GraphValue, type Signature, signatureOf, typeText } from "../model/signature.js";
import { nearestName } from "./nearest-name.js";

/** Hyperparameters as a graph takes them: zero-dimensional float32 inputs. */
export const SCALAR_ROLES = [
  "lr", // after the decay of the dialect, if it has one
  "alpha",
  "one_minus_alpha",
  "eps",
  "momentum",
  "weight_decay",
  "clip_value",
  "bias_correction", // 1 − alpha^t, t counted from 1
] as const;
export type ScalarRole = (typeof SCALAR_ROLES)[number];

/** One parameter of a graph. Names are the graph's own, not those of the contract. */
export interface ParameterRoles {
  /** "" where a graph with one parameter does not name it. */
  readonly name: string;
  readonly parameter: GraphValue;
  /** "parameter", and the state slots that the graph has, in the order of `SLOTS`. */
  readonly slots: readonly Slot[];
  readonly inputs: Readonly<Partial<Record<Slot, string>>>;
  readonly next: Readonly<Partial<Record<Slot, string>>>;
  /** An output of a training graph, an input of an update graph. */
  readonly gradient: string;
}

/** An input of a training graph that is data. */
export interface BatchRole {
  /** Without `batch.`. */
  readonly name: string;
  readonly input: GraphValue;
}

/** What the inputs and outputs of a graph are. */
export interface GraphRoles {
  readonly kind: "training" | "update";
  readonly parameters: readonly ParameterRoles[];
  /** The graph's own names. */
  readonly scalars: Readonly<Partial<Record<ScalarRole, string>>>;
  readonly batch: readonly BatchRole[];
  /** Of a training graph. */
  readonly loss?: string;
}

/** Names of a graph, and the names of the contract that they stand for. */
export type NameMap = Readonly<Record<string, string>>;

/** What a name of the contract says. */
type Role =
  | { readonly kind: "slot" | "next"; readonly slot: Slot; readonly parameter: string }
  | { readonly kind: "gradient" | "batch"; readonly parameter: string }
  | { readonly kind: "scalar"; readonly scalar: ScalarRole }
  | { readonly kind: "loss" };

const TENSOR = new RegExp(`^(next\\.)?(${SLOTS.join("|")}|gradient)(?:\\.(.+))?$`, "s");

function roleOf(name: string): Role | undefined {
  if (name === "loss") return { kind: "loss" };
  if ((SCALAR_ROLES as readonly string[]).includes(name))
    return { kind: "scalar", scalar: name as ScalarRole };
  if (name.startsWith("batch.") && name.length > 6) return { kind: "batch", parameter: name.slice(6) };
  const [, next, what, parameter = ""] = TENSOR.exec(name) ?? [];
  if (what === undefined) return undefined;
  if (what === "gradient") return next ? undefined : { kind: "gradient", parameter };
  return { kind: next ? "next" : "slot", slot: what as Slot, parameter };
}

const FORMS = `${SLOTS.map((slot) => `${slot}.<name>`).join(", ")}, gradient.<name>, batch.<name>, next.parameter.<name> and the like, ${SCALAR_ROLES.join(", ")}, loss`;

/**
 * Find out what the inputs and outputs of a graph are, by their names.
 * @param map for a graph with other names
 * @throws {ModelError} for names without a role, roles without a name, wrong types and shapes
 */
export function rolesOf({ model, source }: LoadedModel, map: NameMap = {}): GraphRoles {
  for (const ours of Object.values(map)) {
    if (!roleOf(ours))
      throw new ModelError(source, `there is no role "${ours}" to map to; roles are ${FORMS}`);
  }
  return new RoleFinder(source, signatureOf(model.graph), map).find(metadataOf(model)["rmsprop.kind"]);
}

interface Found {
  readonly value: GraphValue;
  readonly role: Role;
}

class RoleFinder {
  private readonly outputs: readonly Found[];

  constructor(
    private readonly source: string,
    private readonly signature: Signature,
    private readonly map: NameMap,
  ) {
    // Other outputs of a graph are ignored.
    this.outputs = signature.outputs.flatMap((value) => {
      const role = roleOf(this.ours(value.name));
      return role ? [{ value, role }] : [];
    });
  }

  find(declaredKind: string | undefined): GraphRoles {
    const inputs = this.signature.inputs.map((value): Found => {
      const role = roleOf(this.ours(value.name));
      if (role && role.kind !== "next" && role.kind !== "loss") return { value, role };
      throw this.error(this.withoutRole(value.name));
    });
    this.refuseTwice(inputs);
    this.refuseTwice(this.outputs);
    const kind = this.kind(declaredKind, inputs);
    for (const { value, role } of inputs) this.checkInput(kind, value, role);
    const loss = this.outputs.find(({ role }) => role.kind === "loss")?.value;
    if (loss) this.checkScalar(loss, "the loss");
    return {
      kind,
      parameters: this.parameters(kind, inputs),
      scalars: Object.fromEntries(
        inputs.flatMap(({ role, value }) => (role.kind === "scalar" ? [[role.scalar, value.name]] : [])),
      ),
      batch: inputs.flatMap(({ role, value }) =>
        role.kind === "batch" ? [{ name: role.parameter, input: value }] : [],
      ),
      ...(loss && { loss: loss.name }),
    };
  }

  private ours(name: string): string {
    return Object.hasOwn(this.map, name) ? this.map[name] : name;
  }

  private error(problem: string): ModelError {
    return new ModelError(this.source, problem);
  }

  private withoutRole(name: string): string {
    const known = [...SLOTS, "gradient", ...SCALAR_ROLES];
    const near = nearestName(name, known);
    const guess = near === undefined ? "" : ` Did you mean ${near}?`;
    return `input "${name}" has no role.${guess} Say what it is with --map ${name}=ROLE; roles are ${FORMS}`;
  }

  private refuseTwice(found: readonly Found[]): void {
    found.forEach(({ value, role }, k) => {
      const first = found.findIndex((other) => JSON.stringify(other.role) === JSON.stringify(role));
      if (first === k) return;
      const both = `"${found[first].value.name}" and "${value.name}"`;
      throw this.error(`${both} are both ${this.ours(value.name)}: map one of them to something else`);
    });
  }

  private kind(declaredKind: string | undefined, inputs: readonly Found[]): GraphRoles["kind"] {
    if (declaredKind === "training" || declaredKind === "update") return declaredKind;
    if (declaredKind !== undefined)
      throw this.error(`its metadata says rmsprop.kind=${declaredKind}; it may be training or update`);
    if (inputs.some(({ role }) => role.kind === "gradient")) return "update";
    if (this.outputs.some(({ role }) => role.kind === "gradient")) return "training";
    throw this.error(
      `it has no gradient: an update graph has an input gradient, a training graph an output gradient.<name>. ${this.names()}. Map one with --map THEIRS=gradient`,
    );
  }

  private names(): string {
    const list = (values: readonly GraphValue[]) => values.map(({ name }) => name).join(", ") || "none";
    return `Its inputs are ${list(this.signature.inputs)}; its outputs are ${list(this.signature.outputs)}`;
  }

  private checkInput(kind: GraphRoles["kind"], value: GraphValue, role: Role): void {
    if (role.kind === "scalar") this.checkScalar(value, `hyperparameter ${role.scalar}`);
    else if (role.kind === "batch") {
      if (kind === "update")
        throw this.error(`"${value.name}" is data, which an update graph has no use for`);
      if (value.elementType !== "float32" && value.elementType !== "int64")
        throw this.error(`"${value.name}" is ${typeText(value)}; data may be float32 or int64`);
    } else {
      if (role.kind === "gradient" && kind === "training")
        throw this.error(`"${value.name}" is an input: a training graph gives its gradients as outputs`);
      this.checkFloat32(value);
    }
  }

  private checkFloat32(value: GraphValue): void {
    if (value.elementType !== "float32")
      throw this.error(`"${value.name}" is ${typeText(value)}; it must be float32`);
  }

  private checkScalar(value: GraphValue, what: string): void {
    this.checkFloat32(value);
    if (value.shape !== undefined && value.shape.length > 0)
      throw this.error(
        `${what} ("${value.name}") is ${typeText(value)}; it must be zero-dimensional: float32 []`,
      );
  }

  private parameters(kind: GraphRoles["kind"], inputs: readonly Found[]): ParameterRoles[] {
    const names = inputs.flatMap(({ role }) =>
      role.kind === "slot" && role.slot === "parameter" ? [role.parameter] : [],
    );
    if (names.length === 0)
      throw this.error(`it has no parameter. ${this.names()}. Map one with --map THEIRS=parameter`);
    for (const found of [...inputs, ...this.outputs]) this.checkOwner(found, names);
    const parameters = names.map((name) => this.parameter(kind, name, inputs));
    const [first] = parameters;
    for (const other of parameters) {
      if (other.slots.join() !== first.slots.join())
        throw this.error(
          `"${first.name}" has ${first.slots.join(", ")} and "${other.name}" has ${other.slots.join(", ")}: all parameters must be updated alike`,
        );
    }
    return parameters;
  }

  private checkOwner({ value, role }: Found, names: readonly string[]): void {
    if (role.kind !== "slot" && role.kind !== "next" && role.kind !== "gradient") return;
    if (names.includes(role.parameter)) return;
    const near = nearestName(role.parameter, names) ?? names[0];
    throw this.error(
      `"${value.name}" belongs to no parameter: there is no input ${fullName("parameter", role.parameter)}; the parameters are ${names.map(quoted).join(", ")} (${quoted(near)}?)`,
    );
  }

  private parameter(kind: GraphRoles["kind"], name: string, inputs: readonly Found[]): ParameterRoles {
    const find = (list: readonly Found[], requested: Role) =>
      list.find(({ role }) => JSON.stringify(role) === JSON.stringify(requested))?.value;
    const input = (slot: Slot) => find(inputs, { kind: "slot", slot, parameter: name });
    const output = (slot: Slot) => find(this.outputs, { kind: "next", slot, parameter: name });
    const slots = SLOTS.filter((slot) => input(slot) !== undefined);
    const parameter = input("parameter") as GraphValue;
    if (!slots.includes("square_avg"))
      throw this.error(this.missing("input", fullName("square_avg", name), this.signature.inputs));
    for (const slot of SLOTS) {
      const [before, after] = [input(slot), output(slot)];
      if (before && !after)
        throw this.error(this.missing("output", `next.${fullName(slot, name)}`, this.signature.outputs));
      if (after && !before)
        throw this.error(this.missing("input", fullName(slot, name), this.signature.inputs));
      if (before && after) for (const value of [before, after]) this.checkLike(value, parameter, name);
    }
    const gradient = find(kind === "update" ? inputs : this.outputs, { kind: "gradient", parameter: name });
    if (!gradient) {
      const [direction, list] =
        kind === "update"
          ? (["input", this.signature.inputs] as const)
          : (["output", this.signature.outputs] as const);
      throw this.error(this.missing(direction, fullName("gradient", name), list));
    }
    this.checkLike(gradient, parameter, name);
    const names = (of: (slot: Slot) => GraphValue | undefined) =>
      Object.fromEntries(slots.map((slot) => [slot, (of(slot) as GraphValue).name]));
    return { name, parameter, slots, inputs: names(input), next: names(output), gradient: gradient.name };
  }

  /** State and gradient are of the parameter's shape. Extents with other names may still be equal. */
  private checkLike(value: GraphValue, parameter: GraphValue, name: string): void {
    this.checkFloat32(value);
    const [a, b] = [value.shape, parameter.shape];
    if (a === undefined || b === undefined) return;
    const fits =
      a.length === b.length &&
      a.every((extent, k) => typeof extent !== "number" || typeof b[k] !== "number" || extent === b[k]);
    if (fits) return;
    throw this.error(
      `"${value.name}" is ${typeText(value)}, but ${fullName("parameter", name)} is ${typeText(parameter)}; they must have the same shape`,
    );
  }

  private missing(direction: "input" | "output", expected: string, values: readonly GraphValue[]): string {
    const names = values.map((value) => value.name);
    const near = nearestName(
      expected,
      names.filter((name) => !roleOf(this.ours(name))),
    );
    const map = `--map ${near ?? "THEIRS"}=${expected}`;
    return `it has no ${direction} ${expected}. Its ${direction}s are ${names.join(", ") || "none"}. If one of them is meant, map it with ${map}`;
  }
}

const quoted = (name: string) => JSON.stringify(name);

function fullName(role: string, parameter: string): string {
  return parameter === "" ? role : `${role}.${parameter}`;
}

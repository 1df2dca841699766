import type { LoadedModel } from "../model/load-model.js";
import {
  FLOAT,
  type Graph,
  type Model,
  type Node,
  type TensorProto,
  type ValueInfo,
} from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";
import { ModelError } from "../model/model-error.js";
import type { Extent } from "../model/signature.js";
import { isElementwise } from "./elementwise.js";
import type { GraphRoles, ParameterRoles, ScalarRole } from "./roles.js";
import { SCALAR_ROLES } from "./roles.js";

/** The update of one parameter, cut out of a graph. */
export interface ExtractedUpdate {
  /** With inputs and outputs under the names of the contract, without a parameter's name. */
  readonly model: Uint8Array;
  /** Hyperparameters that it reads. */
  readonly scalars: readonly ScalarRole[];
  /** The only shape that its tensors can have; undefined where it treats each element alike. */
  readonly tensorShape: readonly Extent[] | undefined;
}

/**
 * Cut the update of one parameter out of a training graph or an update graph. The gradient becomes an input, only what
 * the next parameter and state need is kept, and where the update treats each element alike, fixed shapes are erased.
 * Values are renamed in the order in which they are met, so that equal updates are equal bytes.
 * @throws {ModelError} if the update does not go through the gradient, reads another parameter, or holds graphs of its own
 */
export function extractUpdate(
  loaded: LoadedModel,
  roles: GraphRoles,
  parameter: ParameterRoles,
): ExtractedUpdate {
  return new Extraction(loaded, roles, parameter).extract();
}

class Extraction {
  private readonly graph: Graph;
  private readonly producers = new Map<string, Node>();
  private readonly initializers: ReadonlyMap<string, TensorProto>;
  /** New names of the inputs, by the old ones. */
  private readonly inputs = new Map<string, string>();
  /** New names of everything that was met. */
  private readonly renamed = new Map<string, string>();
  private readonly nodes: Node[] = [];
  private readonly constants: TensorProto[] = [];
  private readonly scalarsRead = new Set<string>();
  private readsGradient = false;

  constructor(
    private readonly loaded: LoadedModel,
    private readonly roles: GraphRoles,
    private readonly parameter: ParameterRoles,
  ) {
    this.graph = loaded.model.graph;
    for (const node of this.graph.node) for (const name of node.output) this.producers.set(name, node);
    this.initializers = new Map((this.graph.initializer ?? []).map((tensor) => [tensor.name, tensor]));
    for (const slot of parameter.slots) this.inputs.set(parameter.inputs[slot] as string, slot);
    for (const [role, name] of Object.entries(roles.scalars)) this.inputs.set(name, role);
    for (const alias of this.aliases(parameter.gradient)) this.inputs.set(alias, "gradient");
  }

  extract(): ExtractedUpdate {
    const { parameter, constants, nodes } = this;
    const outputs: string[] = [];
    for (const slot of parameter.slots) {
      const name = parameter.next[slot] as string;
      this.collect(name);
      // A name of its own, so that two outputs may be one value, and an input may be an output.
      nodes.push({ opType: "Identity", input: [this.renamed.get(name) as string], output: [`next.${slot}`] });
      outputs.push(`next.${slot}`);
    }
    if (!this.readsGradient)
      throw this.error(`does not go through "${parameter.gradient}": nothing that it computes depends on it`);
    const free = isElementwise(nodes, constants);
    const tensorShape = free ? undefined : (parameter.parameter.shape ?? undefined);
    const vector = (name: string) => tensorInfo(name, free ? ["elements"] : tensorShape);
    const scalars = SCALAR_ROLES.filter((name) => this.scalarsRead.has(name));
    const { irVersion, opsetImport, functions = [] } = this.loaded.model;
    const model: Model = {
      irVersion,
      opsetImport,
      functions: free ? [] : functions,
      graph: {
        name: "update",
        node: nodes,
        initializer: constants,
        input: [
          ...["parameter", "gradient", ...parameter.slots.filter((slot) => slot !== "parameter")].map(vector),
          ...scalars.map((name) => tensorInfo(name, [])),
        ],
        output: outputs.map(vector),
      },
    };
    return { model: encodeModel(model), scalars, tensorShape };
  }

  /** The value itself and those that it is a copy of. */
  private aliases(name: string): string[] {
    const names = [name];
    for (;;) {
      const node = this.producers.get(names[names.length - 1]);
      if (node?.opType !== "Identity" || node.input.length !== 1 || names.includes(node.input[0])) break;
      names.push(node.input[0]);
    }
    return names;
  }

  private error(problem: string): ModelError {
    const { name } = this.parameter;
    return new ModelError(this.loaded.source, `the update${name === "" ? "" : ` of ${name}`} ${problem}`);
  }

  /** Take over what a value needs, inputs before outputs, without recursion: graphs may be deep. */
  private collect(requested: string): void {
    const path: { readonly name: string; readonly node: Node; next: number }[] = [];
    const open = new Set<Node>();
    const visit = (name: string, reader: Node | undefined) => {
      if (name === "" || this.renamed.has(name)) return;
      const node = this.leaf(name, reader);
      if (!node) return;
      if (open.has(node)) throw this.error(`goes round in a circle at ${nodeText(node)}`);
      open.add(node);
      path.push({ name, node, next: 0 });
    };
    visit(requested, undefined);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      if (top.next < top.node.input.length) visit(top.node.input[top.next++], top.node);
      else {
        this.take(top.node);
        open.delete(top.node);
        path.pop();
      }
    }
  }

  /** Name a value that no node has to be kept for; otherwise its node. */
  private leaf(name: string, reader: Node | undefined): Node | undefined {
    const input = this.inputs.get(name);
    if (input !== undefined) {
      this.renamed.set(name, input);
      if (input === "gradient") this.readsGradient = true;
      this.scalarsRead.add(input);
      return undefined;
    }
    const constant = this.initializers.get(name);
    if (constant) {
      const renamed = `constant_${this.constants.length + 1}`;
      this.renamed.set(name, renamed);
      this.constants.push({ ...constant, name: renamed });
      return undefined;
    }
    const node = this.producers.get(name);
    if (node) return node;
    throw this.error(this.whyForeign(name, reader));
  }

  private whyForeign(name: string, reader: Node | undefined): string {
    const by = reader ? `, by way of ${nodeText(reader)}` : "";
    if (!this.graph.input.some((input) => input.name === name))
      return `needs "${name}"${by}, which nothing in the graph gives`;
    const { gradient } = this.parameter;
    if (this.roles.batch.some(({ input }) => input.name === name))
      return `does not go through "${gradient}": it reads "${name}"${by}. The gradient must be an output of the graph, and the update must read that very value`;
    return `reads "${name}"${by}: the update of a parameter may depend on its own tensors and on hyperparameters only`;
  }

  private take(node: Node): void {
    const attribute = node.attribute ?? [];
    if (attribute.some(({ g, graphs = [] }) => g || graphs.length > 0))
      throw this.error(
        `holds ${nodeText(node)}, with graphs of its own: branches and loops cannot be cut out`,
      );
    const number = this.nodes.length + 1;
    node.output.forEach((name, k) => {
      if (name !== "") this.renamed.set(name, `value_${number}${k === 0 ? "" : `_${k}`}`);
    });
    const name = (old: string) => (old === "" ? "" : (this.renamed.get(old) as string));
    const { opType, domain } = node;
    this.nodes.push({
      opType,
      ...(domain && { domain }),
      input: node.input.map(name),
      output: node.output.map(name),
      attribute,
    });
  }
}

function nodeText({ name, opType, output }: Node): string {
  return `node ${opType} ${JSON.stringify(name || output[0] || "")}`;
}

function tensorInfo(name: string, shape: readonly Extent[] | undefined): ValueInfo {
  const dim = shape?.map((extent) =>
    typeof extent === "number" ? { dimValue: extent } : extent === null ? {} : { dimParam: extent },
  );
  return { name, type: { tensorType: { elemType: FLOAT, ...(dim && { shape: { dim } }) } } };
}

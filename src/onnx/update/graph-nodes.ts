import { FLOAT, type Node, type TensorProto } from "../model/model.js";

/** A value of a graph under construction. Its name is final when the graph is taken. */
export interface GraphRef {
  name: string;
  /** Inputs, outputs and constants keep the name that they have. */
  fixed: boolean;
}

/** Collects the nodes of a graph, in the order in which they are made. */
export class GraphNodes {
  private readonly nodes: {
    readonly opType: string;
    readonly inputs: readonly GraphRef[];
    readonly output: GraphRef;
  }[] = [];
  private readonly constants = new Map<number, GraphRef>();

  /** Something that is fed, with its name. */
  input(name: string): GraphRef {
    return { name, fixed: true };
  }

  /** A zero-dimensional float32 constant. Equal ones are one. */
  constant(name: string, value: number): GraphRef {
    const known = this.constants.get(value);
    if (known) return known;
    const made = { name, fixed: true };
    this.constants.set(value, made);
    return made;
  }

  apply(opType: string, ...inputs: GraphRef[]): GraphRef {
    const output = { name: `value_${this.nodes.length + 1}`, fixed: false };
    this.nodes.push({ opType, inputs, output });
    return output;
  }

  /** Make a value an output. */
  output(name: string, value: GraphRef): void {
    const made = value.fixed ? this.apply("Identity", value) : value;
    made.name = name;
    made.fixed = true;
  }

  protos(): { node: Node[]; initializer: TensorProto[] } {
    return {
      node: this.nodes.map(({ opType, inputs, output }) => ({
        opType,
        input: inputs.map(({ name }) => name),
        output: [output.name],
      })),
      initializer: [...this.constants].map(([value, { name }]) => scalarTensor(name, value)),
    };
  }
}

function scalarTensor(name: string, value: number): TensorProto {
  const rawData = new Uint8Array(4);
  new DataView(rawData.buffer).setFloat32(0, value, true);
  return { name, dims: [], dataType: FLOAT, rawData };
}

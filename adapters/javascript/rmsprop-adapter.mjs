#!/usr/bin/env node

// An adapter for rmsprop-conformance in plain JavaScript, to be copied. Part 1 is an RMSprop: put yours in its place.
// Part 2 lets the suite drive it; spec/PROTOCOL.md says how. Start it with: node adapters/javascript/rmsprop-adapter.mjs

import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

// ---- Part 1: the implementation under test -------------------------------------------------------------------------

/** What it is and what it offers. Leave out what yours lacks: cases that need it are then not run, but counted. */
export const HELLO = {
  protocol: 1,
  implementation: { name: "rmsprop-javascript-example", version: "1.0.0", language: "JavaScript" },
  dialects: ["pytorch"],
  capabilities: [
    "momentum",
    "centered",
    "weight-decay",
    "maximize",
    "groups",
    "set",
    "load",
    "checkpoint",
    "state",
    "missing-gradient",
    "deterministic",
  ],
  // Its bits are those of the named evaluation. Leave this out if yours have no name.
  float32: { reference: "unfused" },
};

const DEFAULTS = {
  lr: 0.01,
  alpha: 0.99,
  eps: 1e-8,
  momentum: 0,
  weight_decay: 0,
  centered: false,
  maximize: false,
};

/** JavaScript computes in binary64. Rounding after each operation gives what float32 operations would. */
const f = Math.fround;

export class InvalidHyperparameter extends Error {}

/** PyTorch's RMSprop, each operation rounded to float32, in the order that PyTorch has on a CPU without FMA. */
export class RMSprop {
  /** @param groups `[{ parameters: [Float32Array, …], hyperparameters: { lr, … } }, …]`; parameters change in place */
  constructor(groups) {
    this.groups = groups.map(({ hyperparameters }) => checked({ ...DEFAULTS, ...hyperparameters }));
    this.parameters = groups.flatMap(({ parameters }, group) =>
      parameters.map((values) => ({ values, group, state: null })),
    );
  }

  /** @param gradients one for each parameter across the groups in order, null where there is none */
  step(gradients) {
    this.parameters.forEach((parameter, k) => {
      if (gradients[k] === null) return;
      parameter.state ??= { step: 0, square_avg: new Float32Array(parameter.values.length) };
      this.stepParameter(parameter.values, gradients[k], parameter.state, this.groups[parameter.group]);
    });
  }

  stepParameter(p, gradient, state, h) {
    const [lr, alpha, eps, mu, decay] = [h.lr, h.alpha, h.eps, h.momentum, h.weight_decay].map(f);
    const weight = f(1 - h.alpha); // subtracted in binary64, as PyTorch does
    const s = state.square_avg;
    // Made when first needed: a hyperparameter may be changed, and a state loaded without them.
    if (h.centered) state.grad_avg ??= new Float32Array(p.length);
    if (h.momentum > 0) state.momentum_buffer ??= new Float32Array(p.length);
    const { grad_avg: a, momentum_buffer: b } = state;
    state.step++;
    for (let i = 0; i < p.length; i++) {
      let g = h.maximize ? -gradient[i] : gradient[i];
      if (h.weight_decay !== 0) g = f(g + f(p[i] * decay));
      s[i] = this.meanSquare(s[i], g, alpha, weight);
      let variance = s[i];
      if (h.centered) {
        a[i] = lerp(a[i], g, weight);
        variance = f(variance - f(a[i] * a[i]));
      }
      const d = this.denominator(variance, eps);
      if (h.momentum > 0) {
        b[i] = f(f(b[i] * mu) + f(g / d));
        p[i] = f(p[i] - f(b[i] * lr));
      } else {
        p[i] = f(p[i] - f(f(lr * g) / d));
      }
    }
  }

  meanSquare(s, g, alpha, weight) {
    return f(f(alpha * s) + f(f(weight * g) * g));
  }

  denominator(variance, eps) {
    return f(f(Math.sqrt(variance)) + eps);
  }

  setHyperparameters(group, changes) {
    this.groups[group] = checked({ ...this.groups[group], ...changes });
  }

  /** Everything but the parameters' values. */
  save() {
    return structuredClone({ groups: this.groups, states: this.parameters.map(({ state }) => state) });
  }

  restore({ groups, states }) {
    this.groups = structuredClone(groups);
    for (const [k, state] of states.entries()) this.parameters[k].state = structuredClone(state);
  }
}

/** PyTorch's lerp from a to g: from the nearer end, so that weight 1 gives g. */
function lerp(a, g, weight) {
  const difference = f(g - a);
  return Math.abs(weight) < 0.5 ? f(a + f(weight * difference)) : f(g - f(difference * f(1 - weight)));
}

function checked(hyperparameters) {
  for (const name of ["lr", "alpha", "eps", "momentum", "weight_decay"]) {
    const value = hyperparameters[name];
    // Not `value < 0`, which NaN would pass.
    if (!(value >= 0)) throw new InvalidHyperparameter(`${name} is ${value}; it must be 0 or more`);
  }
  return hyperparameters;
}

// ---- Part 2: the protocol. It needs no change but where it calls the optimizer. ------------------------------------

const STATE_SLOTS = ["square_avg", "grad_avg", "momentum_buffer"];

class Unsupported extends Error {}

/** Base64 of little-endian float32, on a machine that is little-endian itself. Copied, because of the alignment. */
export const decodeTensor = ({ data }) =>
  new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer);

export const encodeTensor = (shape, { buffer, byteOffset, byteLength }) => ({
  shape,
  data: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
});

/** Scalars are the hex digits of a binary64, `centered` and `maximize` true or false. Unknown names are ignored. */
const decodeHyperparameters = (wire) =>
  Object.fromEntries(
    Object.keys(DEFAULTS)
      .filter((name) => name in wire)
      .map((name) => [name, decodeHyperparameter(wire[name])]),
  );

const decodeHyperparameter = (wire) =>
  typeof wire === "boolean" ? wire : Buffer.from(wire, "hex").readDoubleBE();

/** Carries one program out, from nothing. */
class ProgramRun {
  constructor(hello, Optimizer) {
    this.hello = hello;
    this.Optimizer = Optimizer;
    this.observations = [];
    this.gradients = [];
  }

  need(capability) {
    if (!this.hello.capabilities.includes(capability)) throw new Unsupported(capability);
  }

  perform(operation) {
    switch (operation.op) {
      case "init": {
        if (operation.groups.length > 1) this.need("groups");
        const tensors = operation.groups.flatMap(({ parameters }) => parameters);
        this.shapes = tensors.map(({ shape }) => shape);
        this.groupOf = operation.groups.flatMap(({ parameters }, g) => parameters.map(() => g));
        this.hyperparameters = operation.groups.map((group) => decodeHyperparameters(group.hyperparameters));
        this.parameters = tensors.map(decodeTensor);
        this.optimizer = this.newOptimizer();
        return;
      }
      case "step":
        operation.gradients.forEach((gradient, k) => {
          if (gradient === null) this.need("missing-gradient");
          else this.needWhatIsUsed(this.hyperparameters[this.groupOf[k]]);
        });
        this.gradients = operation.gradients.map((gradient) => gradient && decodeTensor(gradient));
        this.optimizer.step(this.gradients);
        return;
      case "observe":
        if (operation.slots.some((slot) => STATE_SLOTS.includes(slot))) this.need("state");
        this.observations.push({ parameters: this.shapes.map((_, k) => this.observe(k, operation.slots)) });
        return;
      case "set": {
        this.need("set");
        const changes = decodeHyperparameters(operation.hyperparameters);
        this.optimizer.setHyperparameters(operation.group, changes);
        Object.assign(this.hyperparameters[operation.group], changes);
        return;
      }
      case "load":
        this.need("load");
        for (const entry of operation.state) {
          const state = { step: entry.step };
          for (const slot of STATE_SLOTS) if (entry[slot]) state[slot] = decodeTensor(entry[slot]);
          this.optimizer.parameters[entry.parameter].state = state;
        }
        return;
      case "checkpoint": {
        this.need("checkpoint");
        const saved = this.optimizer.save();
        this.optimizer = this.newOptimizer();
        this.optimizer.restore(saved);
        return;
      }
      default:
        throw new Unsupported(operation.op);
    }
  }

  newOptimizer() {
    const groups = this.hyperparameters.map((hyperparameters, g) => ({
      hyperparameters,
      parameters: this.parameters.filter((_, k) => this.groupOf[k] === g),
    }));
    return new this.Optimizer(groups);
  }

  needWhatIsUsed({ momentum, weight_decay, centered, maximize }) {
    if (momentum > 0) this.need("momentum");
    if (centered) this.need("centered");
    if (weight_decay > 0) this.need("weight-decay");
    if (maximize) this.need("maximize");
  }

  /** A slot that does not exist yet is left out. */
  observe(k, slots) {
    const { state } = this.optimizer.parameters[k];
    const entry = state ? { step: state.step } : {};
    const present = { ...state, parameter: this.parameters[k], gradient: this.gradients[k] };
    for (const slot of slots) if (present[slot]) entry[slot] = encodeTensor(this.shapes[k], present[slot]);
    return entry;
  }
}

/** The result of one program. */
export function runProgram(program, hello = HELLO, Optimizer = RMSprop) {
  if (!hello.dialects.includes(program.dialect)) return { status: "unsupported", capability: "dialect" };
  const run = new ProgramRun(hello, Optimizer);
  for (const operation of program.operations) {
    try {
      run.perform(operation);
    } catch (error) {
      if (error instanceof Unsupported) return { status: "unsupported", capability: error.message };
      const refused = error instanceof InvalidHyperparameter;
      return {
        status: "error",
        phase: operation.op,
        class: refused ? "invalid-hyperparameter" : "internal",
        message: String(error.message ?? error),
      };
    }
  }
  return { status: "ok", observations: run.observations };
}

/** The reply to a request other than `stop`. */
export function answer(request, hello = HELLO, Optimizer = RMSprop) {
  const { id, message } = request;
  if (message === "hello") return { id, ...hello };
  if (message !== "run") throw new Error(`unknown message "${message}"`);
  const results = request.cases.map((one) => ({
    case: one.case,
    ...runProgram(one.program, hello, Optimizer),
  }));
  return { id, results };
}

/** Not `node:readline`, which ends lines at other characters too. */
async function* linesOf(input) {
  let line = "";
  for await (const chunk of input.setEncoding("utf8")) {
    const [first, ...more] = chunk.split("\n");
    line += first;
    for (const next of more) {
      yield line;
      line = next;
    }
  }
}

/**
 * One line in, one line out, until `stop` or the end of input. Standard output belongs to the protocol: whatever else
 * there is to say goes to standard error.
 */
export async function serve(replyTo = answer, send = (line) => process.stdout.write(line)) {
  for await (const line of linesOf(process.stdin)) {
    const request = JSON.parse(line);
    if (request.message === "stop") return;
    await send(`${JSON.stringify(replyTo(request))}\n`, request);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await serve();

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Program } from "../../../program/program.js";
import { vector } from "../../../program/tensor.js";
import type { Outcome } from "../../adapter.js";

/** Small adapters in Node that behave well but for what a test makes them do. */

const folder = mkdtempSync(join(tmpdir(), "rmsprop-child-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let scripts = 0;

export interface FaultyAdapter {
  readonly command: readonly [string, ...string[]];
  /** What it has logged: one entry for each call of `log`. */
  log(): string[];
}

export interface Behaviour {
  /** Fields of its hello, in addition to the usual ones. */
  readonly hello?: object;
  /** Statements that are carried out at the start. */
  readonly start?: string;
  /** Statements in place of `send(reply)` for hello. In scope: request, reply. */
  readonly onHello?: string;
  /** Statements in place of `send(reply)` for run. In scope: request, reply, values (one for each case). */
  readonly onRun?: string;
  /** Statements in place of `process.exit(0)` for stop. */
  readonly onStop?: string;
}

/**
 * An adapter that observes every parameter as it was given, and so answers a program of `valueProgram` with its value.
 * In scope of all statements: `write(text)` and `send(object)` for standard output, `log(text)`, `fs`,
 * `first(key)`, which is true the first time that any process of this adapter asks, and `block()`, which hangs.
 */
export function faultyAdapter(behaviour: Behaviour = {}): FaultyAdapter {
  const name = join(folder, `adapter-${++scripts}`);
  const script = `${name}.mjs`;
  const { hello = {}, start = "", onHello = "send(reply);", onRun = "send(reply);" } = behaviour;
  const { onStop = "process.exit(0);" } = behaviour;
  writeFileSync(`${name}.log`, "");
  writeFileSync(
    script,
    `import fs from "node:fs";
import { createInterface } from "node:readline";

function write(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}
const send = (message) => write(JSON.stringify(message) + "\\n");
const log = (text) => fs.appendFileSync(${JSON.stringify(`${name}.log`)}, text + "\\n");
const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
function first(key) {
  try {
    fs.mkdirSync(${JSON.stringify(name)} + "." + key);
    return true;
  } catch {
    return false;
  }
}
function valueOf({ hex, data }) {
  return hex === undefined ? Buffer.from(data, "base64").readFloatLE(0) : Buffer.from(hex, "hex").readFloatBE(0);
}
function result({ case: name, program }) {
  const [{ groups }] = program.operations;
  const parameters = groups.flatMap((group) => group.parameters).map((parameter) => ({ parameter }));
  const observes = program.operations.filter(({ op }) => op === "observe");
  return { case: name, status: "ok", observations: observes.map(() => ({ parameters })) };
}
function onHello(request) {
  const reply = {
    id: request.id,
    protocol: 1,
    implementation: { name: "echo", version: "1", language: "JavaScript" },
    dialects: ["pytorch"],
    capabilities: ["state"],
    ...${JSON.stringify(hello)},
  };
  ${onHello}
}
function onRun(request) {
  const reply = { id: request.id, results: request.cases.map(result) };
  const values = request.cases.map(({ program }) => valueOf(program.operations[0].groups[0].parameters[0]));
  ${onRun}
}
${start}
createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  if (request.message === "hello") onHello(request);
  else if (request.message === "run") onRun(request);
  else if (request.message === "stop") {
    ${onStop}
  }
});
`,
  );
  return {
    command: [process.execPath, script],
    log: () => readFileSync(`${name}.log`, "utf8").split("\n").slice(0, -1),
  };
}

/** A program with one parameter of this value, observed once. `elements` makes it longer. */
export function valueProgram(value: number, elements = 1): Program {
  const parameter = vector(new Float32Array(elements).fill(value));
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: { lr: 0.01 }, parameters: [parameter] }] },
      { op: "step", gradients: [vector(new Float32Array(elements))] },
      { op: "observe", slots: ["parameter"] },
    ],
  };
}

/** Programs of the values from 0 to count - 1. */
export function valuePrograms(count: number): Program[] {
  return Array.from({ length: count }, (_, k) => valueProgram(k));
}

/** The value that an outcome shows, or what stands in its place. */
export function outcomeValue(outcome: Outcome): number | string {
  switch (outcome.status) {
    case "ok":
      return outcome.observations[0].parameters[0].parameter?.values[0] ?? "no value";
    case "fault":
      return outcome.verdict;
    default:
      return outcome.status;
  }
}

/** Whether a process is alive. A zombie is not. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}

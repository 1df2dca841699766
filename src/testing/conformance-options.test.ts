import { describe, expect, it } from "vitest";
import { bundledAdapter, bundledFactory } from "../adapter/bundled.js";
import { type ConformanceOptions, checkConformanceOptions, nameOf } from "./conformance-options.js";

const inProcess = {
  implementation: { name: "mine" },
  dialect: "pytorch",
  capabilities: ["state"],
  create: bundledFactory("fused").create,
};
const behind = { adapter: bundledAdapter("fused") };

const check = (options: object) => () => checkConformanceOptions(options as ConformanceOptions);

describe("options that can be meant", () => {
  it.each([
    inProcess,
    { ...inProcess, implementation: { name: "mine", version: "1", language: "Rust", issues: "here" } },
    {
      ...inProcess,
      dialect: ["pytorch", "keras"],
      capabilities: [],
      level: "L2",
      profile: "nightly",
      seed: -1,
    },
    { ...inProcess, float32: { reference: "fused", choices: { root: ["correct"] } }, level: "L3" },
    { ...inProcess, goldens: false, expectations: "known.yaml", timeout: 1, replay: (test: string) => test },
    { ...inProcess, level: undefined, float32: undefined },
    behind,
    { ...behind, name: "theirs", dialect: "keras", evaluation: "unfused", level: "L3" },
  ])("are accepted: %#", (options) => {
    expect(check(options)).not.toThrow();
  });

  it("name the tests", () => {
    expect(nameOf(inProcess as ConformanceOptions)).toBe("mine");
    expect(nameOf(behind)).toBe("adapter");
    expect(nameOf({ ...behind, name: "theirs" })).toBe("theirs");
  });
});

describe("options that are wrong", () => {
  const l3 = "conformance: level: L3 claims the bits of an evaluation; name it in float32.reference";
  it.each<[string, object, string | RegExp]>([
    ["an unknown dialect", { ...inProcess, dialect: "torch" }, /^conformance: dialect\[0\]: .*"pytorch"/],
    ["no dialect", { ...inProcess, dialect: [] }, /^conformance: dialect: /],
    ["no dialect at all", { ...inProcess, dialect: undefined }, /^conformance: dialect: /],
    [
      "an unknown capability",
      { ...inProcess, capabilities: ["state", "nesterov"] },
      /^conformance: capabilities\[1\]: .*"momentum"/,
    ],
    ["an unknown level", { ...inProcess, level: "L4" }, /^conformance: level: .*"L0"/],
    ["an unknown profile", { ...inProcess, profile: "quick" }, /^conformance: profile: .*"smoke"/],
    [
      "an unknown axis",
      { ...inProcess, float32: { choices: { roots: [] } } },
      /^conformance: float32.choices: .*roots/,
    ],
    ["a seed that is no integer", { ...behind, seed: 0.5 }, /^conformance: seed: /],
    ["a seed that is too large", { ...behind, seed: 2 ** 31 }, /^conformance: seed: /],
    ["a time that is over", { ...behind, timeout: 0 }, /^conformance: timeout: /],
    ["no function", { ...inProcess, create: {} }, "conformance: create: must be a function"],
    ["an empty name", { ...inProcess, implementation: { name: "" } }, /^conformance: implementation.name: /],
    ["a misspelt option", { ...behind, levle: "L2" }, /^conformance: unknown field "levle"; remove it/],
    [
      "both kinds at once",
      { ...inProcess, ...behind },
      /^conformance: unknown field "implementation", "capabilities", "create"; remove it/,
    ],
    [
      "something else as adapter",
      { adapter: { hello: () => {} } },
      "conformance: adapter: must be an adapter, with the methods hello, run and stop",
    ],
    ["no adapter", { adapter: null }, /^conformance: adapter: must be an adapter/],
    ["a level beyond what is claimed", { ...inProcess, level: "L3" }, l3],
    [
      "one file of known failures for several dialects",
      { ...behind, dialect: ["pytorch", "keras"], expectations: "known.yaml" },
      /^conformance: expectations: known failures belong to one dialect/,
    ],
  ])("are refused: %s", (_, options, message) => {
    expect(check(options)).toThrow(message);
  });
});

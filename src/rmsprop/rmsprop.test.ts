import { describe, expect, test } from "vitest";
import type { Hyperparameters } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import { hexOf } from "../float32/bits.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import { RMSprop } from "./rmsprop.js";
import type { StateDict } from "./state-dict.js";

const f32 = (...values: number[]) => Float32Array.from(values);

/** One parameter with one element, stepped once per gradient. */
function run(start: number, gradients: number[], options: ConstructorParameters<typeof RMSprop>[1]): number {
  const parameter = f32(start);
  const optimizer = new RMSprop([parameter], options);
  for (const g of gradients) optimizer.step([f32(g)]);
  return parameter[0];
}

describe("published fingerprints: two three-step probes with a changing learning rate", () => {
  const PROBE_A = { start: 2, g: [0.5, -1, 0.375], lr: [0.25, 0.125, 0.5] };
  const SETTING_A = { alpha: 0.75, eps: 1 / 64, momentum: 0.5, weight_decay: 0.125 };
  const PROBE_B = { start: 1, g: [0.25, -0.5, 0.125], lr: [0.5, 0.25, 0.125] };
  const SETTING_B = { alpha: 0.5, eps: 0.75, momentum: 0.25, weight_decay: 0.25 };

  test.each([
    ["pytorch", false, [1.52, 1.5893398, 1.2054688], [0.7734591, 0.816061, 0.7833048]],
    ["pytorch", true, [1.4491524, 1.5030234, 1.0900226], [0.75, 0.7909414, 0.7574216]],
    ["optax", false, [1.5527864, 1.5527864, 1.1942178], [0.8585786, 0.9556765, 0.9627809]],
    ["optax", true, [1.5, 1.482889, 1.1154042], [0.8571429, 0.956576, 0.9642541]],
    ["keras", false, [1.4902864, 1.4670007, 1.0167446], [0.7335786, 0.7848279, 0.7674064]],
    ["keras", true, [1.4375, 1.3979281, 0.9430728], [0.7321429, 0.7858171, 0.7689384]],
    ["tensorflow", false, [1.8626394, 1.9275898, 1.7352054], [0.8895685, 0.9790017, 0.9853554]],
    ["timm", false, [1.8030404, 1.8106126, 1.4599422], [0.7867993, 0.8055179, 0.7690386]],
    ["sb3", false, [1.8030404, 1.8598525, 1.6158541], [0.7867993, 0.832168, 0.7958868]],
    ["fastai", false, [1.4669118, 1.6112564, 1.5105529], [0.7401239, 0.7910884, 0.7644697]],
    ["flashlight", false, [1.2794118, 1.3425055, 0.8164422], [0.6151239, 0.5724541, 0.4141634]],
    ["neon", false, [1.5764629, 1.7939896, 1.4458244], [0.9234952, 0.9972968, 0.9878842]],
    ["bitsandbytes", false, [1.52, 1.7093398, 1.1770735], [0.7734591, 0.8443786, 0.8056052]],
    ["dl4j", false, [1.5381061, 1.7242954, 1.1960459], [0.8284271, 0.8851368, 0.8491948]],
    ["tfjs", true, [1.2928932, 1.1859904, 0.7511058], [Number.NaN, Number.NaN, Number.NaN]],
  ])("%s, centered: %s", (dialect, centered, expectedA, expectedB) => {
    for (const [probe, setting, expected] of [
      [PROBE_A, SETTING_A, expectedA],
      [PROBE_B, SETTING_B, expectedB],
    ] as const) {
      const parameter = f32(probe.start);
      const optimizer = new RMSprop([parameter], { dialect, centered, ...setting });
      probe.g.forEach((g, k) => {
        optimizer.setHyperparameters(0, { lr: probe.lr[k] });
        optimizer.step([f32(g)]);
        // The table has seven decimals; different dialects are at least 5.5e-4 apart.
        if (Number.isNaN(expected[k])) expect(parameter[0]).toBeNaN();
        else expect(parameter[0]).toBeCloseTo(expected[k], 6);
      });
    }
  });
});

describe("PyTorch", () => {
  // Recorded from torch 2.13.0 on an x86-64 CPU with ATEN_CPU_CAPABILITY avx2 and default, its root replaced by
  // the correctly rounded one.
  test.each([
    [
      "fused",
      "0x3c8bdb26 0xbe36f48f 0x3e82f3db 0xbf0fad52",
      "0x3d187361 0x3db61a69 0x3d2b5b30 0x3e064213",
      "0x3fa0f286 0x3f8f2afe 0x3f9574f3 0x40e7bea2",
      "0x3c1e71a0 0x3db09462 0xbc456b80 0x3e410567",
    ],
    [
      "unfused",
      "0x3c8bdb2a 0xbe36f48f 0x3e82f3db 0xbf0fad52",
      "0x3d187361 0x3db61a6a 0x3d2b5b2f 0x3e064212",
      "0x3fa0f286 0x3f8f2afd 0x3f9574f1 0x40e7bea3",
      "0x3c1e71a0 0x3db09461 0xbc456b80 0x3e410568",
    ],
  ] as const)(
    "the same bits after three steps: %s",
    (evaluation, p, square_avg, momentum_buffer, grad_avg) => {
      const parameter = f32(0.1, -0.2, 0.3, -0.4);
      const setting = { lr: 0.01, alpha: 0.9, eps: 1e-8, momentum: 0.9, centered: true, weight_decay: 0.01 };
      const optimizer = new RMSprop([parameter], { ...setting, evaluation });
      optimizer.step([f32(0.5, -0.3, 0.2, 0.7)]);
      optimizer.step([f32(0.1, 0.9, -0.6, 0.7)]);
      optimizer.step([f32(-0.4, 0.3, 0.25, 0.7)]);
      const state = optimizer.stateDict().state[0];
      const hex = (values: Float32Array) => [...values].map(hexOf).join(" ");
      expect(hex(parameter)).toBe(p);
      expect(hex(state.square_avg)).toBe(square_avg);
      expect(hex(state.momentum_buffer!)).toBe(momentum_buffer);
      expect(hex(state.grad_avg!)).toBe(grad_avg);
    },
  );

  test("its defaults", () => {
    const [group] = new RMSprop([f32(0)]).paramGroups;
    expect(group).toMatchObject({ lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weight_decay: 0 });
    expect(group).toMatchObject({ centered: false, maximize: false });
  });

  test.each<[string, number, number[], Partial<Hyperparameters>, number]>([
    ["alpha = 1 freezes s at 0: the step is lr·g/eps", 1, [1], { alpha: 1 }, -999999],
    ["alpha = 1.5 makes s negative", 1, [1], { alpha: 1.5 }, Number.NaN],
    ["eps = 0 and a zero gradient: 0/0", 1, [0], { eps: 0 }, Number.NaN],
    ["eps > 0 and a zero gradient: nothing moves", 1, [0], {}, 1],
    ["lr = Infinity", 1, [1], { lr: Number.POSITIVE_INFINITY }, Number.NEGATIVE_INFINITY],
    ["eps = Infinity", 1, [1], { eps: Number.POSITIVE_INFINITY }, 1],
    ["g² overflows: the step is 0", 1, [1.9e20], { lr: 10 }, 1],
    ["a NaN gradient", 1, [Number.NaN], {}, Number.NaN],
  ])("%s", (_name, start, gradients, options, expected) => {
    expect(run(start, gradients, options)).toBe(expected);
  });

  test("g² overflows between 1.8e20 and 1.9e20", () => {
    const parameter = f32(1, 1);
    const optimizer = new RMSprop([parameter]);
    optimizer.step([f32(1.8e20, 1.9e20)]);
    const [below, above] = optimizer.stateDict().state[0].square_avg;
    expect(below).toBeCloseTo(3.24e38, -36);
    expect(above).toBe(Number.POSITIVE_INFINITY);
  });

  test("maximize negates the gradient before weight decay", () => {
    // g = −1 + 0.5·1: the weight still decays towards zero.
    expect(run(1, [1], { alpha: 0, eps: 0, lr: 0.25, maximize: true, weight_decay: 0.5 })).toBe(1.25);
    expect(run(4, [1], { alpha: 0, eps: 0, lr: 0.25, maximize: true, weight_decay: 0.5 })).toBe(3.75);
  });
});

describe("step", () => {
  test("a parameter without a gradient keeps its value, its state and its step count", () => {
    const [first, second] = [f32(1, 2), f32(3)];
    const optimizer = new RMSprop([first, second], { momentum: 0.9 });
    optimizer.step([f32(1, 1), null]);
    expect(second).toEqual(f32(3));
    expect(Object.keys(optimizer.stateDict().state)).toEqual(["0"]);
    const before = optimizer.stateDict().state[0];
    optimizer.step([null, f32(1)]);
    expect(optimizer.stateDict().state[0]).toEqual(before);
    expect(optimizer.stateDict().state[1].step).toBe(1);
  });

  test("gradients run over the groups in order, each with its group's hyperparameters", () => {
    const [a, b, c] = [f32(0), f32(0), f32(0)];
    const optimizer = new RMSprop([{ params: [a] }, { params: [], lr: 9 }, { params: [b, c], lr: 2 }], {
      lr: 1,
      alpha: 0,
      eps: 0,
    });
    optimizer.step([f32(3), f32(-5), f32(7)]);
    expect([a[0], b[0], c[0]]).toEqual([-1, 2, -2]);
    expect(optimizer.paramGroups.map((group) => [group.lr, group.params.length])).toEqual([
      [1, 1],
      [9, 0],
      [2, 2],
    ]);
  });

  test.each(DIALECTS.map((d) => d.id))("%s: gradients are not changed", (dialect) => {
    const gradient = f32(0.5, -1, 30, Number.NaN, -0);
    const original = gradient.slice();
    const options = { momentum: 0.9, centered: true, weight_decay: 0.1, maximize: true, clip_value: 1 };
    const optimizer = new RMSprop([f32(1, 2, 3, 4, 5)], { dialect, ...options });
    for (let k = 0; k < 3; k++) optimizer.step([gradient]);
    expect(gradient).toEqual(original);
  });

  test("inverse-time decay counts from 0", () => {
    const options = { dialect: "keras-2", lr: 1, alpha: 0, eps: 0, lr_decay: 1 };
    expect(run(0, [1], options)).toBe(-1);
    expect(run(0, [1, 1], options)).toBe(-1.5);
  });

  test("clipping after the square leaves the mean square unclipped", () => {
    // s = 16·(1 − 0): 4/4 without clipping, 2/4 with.
    const options = { dialect: "recurrentjs", lr: 1, alpha: 0, eps: 0 };
    expect(run(0, [4], { ...options, clip_value: 2 })).toBe(-0.5);
    expect(run(0, [4], { ...options, clip_value: Number.POSITIVE_INFINITY })).toBe(-1);
  });

  test("bias correction makes the first step that of a mean over one gradient", () => {
    expect(run(0, [3], { dialect: "optax-bias-corrected", lr: 1, alpha: 0.75, eps: 0 })).toBe(-1);
  });

  test("empty parameters are allowed", () => {
    const optimizer = new RMSprop([f32(), f32(1)], { momentum: 0.5 });
    optimizer.step([f32(), f32(1)]);
    expect(optimizer.stateDict().state[0]).toEqual({ step: 1, square_avg: f32(), momentum_buffer: f32() });
  });
});

describe("setHyperparameters", () => {
  test("changes one group and replaces its snapshot", () => {
    const optimizer = new RMSprop([{ params: [f32(1)] }, { params: [f32(1)] }]);
    const before = optimizer.paramGroups[1];
    optimizer.setHyperparameters(1, { lr: 0.5, maximize: true });
    expect(optimizer.paramGroups.map(({ lr, maximize }) => [lr, maximize])).toEqual([
      [0.01, false],
      [0.5, true],
    ]);
    expect(before.lr).toBe(0.01);
    expect(Object.isFrozen(before)).toBe(true);
  });

  test("momentum and centered switched on later start from zeros and survive being switched off", () => {
    const optimizer = new RMSprop([f32(1)], {});
    optimizer.step([f32(1)]);
    expect(Object.keys(optimizer.stateDict().state[0])).toEqual(["step", "square_avg"]);
    optimizer.setHyperparameters(0, { momentum: 0.5, centered: true });
    expect(optimizer.stateDict().state[0]).toMatchObject({ momentum_buffer: f32(0), grad_avg: f32(0) });
    optimizer.step([f32(1)]);
    const kept = optimizer.stateDict().state[0];
    expect(kept.momentum_buffer![0]).toBeGreaterThan(0);
    expect(kept.grad_avg![0]).toBeGreaterThan(0);
    optimizer.setHyperparameters(0, { momentum: 0, centered: false });
    optimizer.step([f32(1)]);
    expect(optimizer.stateDict().state[0]).toMatchObject({
      momentum_buffer: kept.momentum_buffer,
      grad_avg: kept.grad_avg,
    });
  });

  test("a refused change changes nothing", () => {
    const optimizer = new RMSprop([f32(1)]);
    const before = optimizer.stateDict();
    expect(() => optimizer.setHyperparameters(0, { lr: 1, eps: -1 })).toThrow(
      /^eps must be in \[0, Infinity\]/,
    );
    for (const index of [1, -1, 0.5, "0", "length"]) {
      expect(() => optimizer.setHyperparameters(index as number, {})).toThrow(
        /groupIndex must be an integer/,
      );
    }
    const unknown = { learning_rate: 1 } as Partial<Hyperparameters>;
    expect(() => optimizer.setHyperparameters(0, unknown)).toThrow(
      /a key of changes must be one of lr, alpha/,
    );
    expect(optimizer.stateDict()).toEqual(before);
  });
});

describe("state", () => {
  test.each(DIALECTS)("$id: has the slots that the dialect uses", (dialect) => {
    const optimizer = new RMSprop([f32(1, 2)], { dialect: dialect.id, momentum: 0.9, centered: true });
    optimizer.step([f32(1, 2)]);
    const expected = ["step", "square_avg"];
    if (!["none", "ignored"].includes(dialect.momentum)) expected.push("momentum_buffer");
    if (dialect.centered !== "never") expected.push("grad_avg");
    expect(Object.keys(optimizer.stateDict().state[0])).toEqual(expected);
  });

  test.each(DIALECTS.map((d) => d.id))("%s: save, new instance, load continues to the bit", (dialect) => {
    const options = { dialect, momentum: 0.9, centered: true, weight_decay: 0.01, lr_decay: 0.1 };
    const gradients = [f32(0.3, -2), f32(-1, 0.7), f32(0.2, 0.1), f32(1, 1)];
    const straight = [f32(1, 2), f32(3, 4)];
    const resumed = straight.map((p) => p.slice());
    const whole = new RMSprop([{ params: [straight[0]] }, { params: [straight[1]], lr: 0.5 }], options);
    const before = new RMSprop([{ params: [resumed[0]] }, { params: [resumed[1]], lr: 0.5 }], options);
    for (const g of gradients.slice(0, 2)) for (const o of [whole, before]) o.step([g, null]);
    for (const o of [whole, before]) o.setHyperparameters(0, { lr: 0.25 });
    const after = new RMSprop([{ params: [resumed[0]] }, { params: [resumed[1]] }], { dialect });
    after.loadStateDict(before.stateDict());
    expect(after.stateDict()).toEqual(whole.stateDict());
    for (const g of gradients.slice(2)) for (const o of [whole, after]) o.step([g, g]);
    expect(resumed).toEqual(straight);
    expect(after.stateDict()).toEqual(whole.stateDict());
  });

  test("stateDict and loadStateDict copy", () => {
    const optimizer = new RMSprop([f32(1)], { momentum: 0.9, centered: true });
    optimizer.step([f32(1)]);
    const dict = optimizer.stateDict();
    const original = structuredClone(dict);
    optimizer.step([f32(2)]);
    expect(dict).toEqual(original);
    optimizer.loadStateDict(dict);
    optimizer.step([f32(2)]);
    expect(dict).toEqual(original);
  });

  test("the dict has PyTorch's layout", () => {
    const optimizer = new RMSprop([{ params: [f32(1)] }, { params: [f32(1), f32(1)], lr: 0.5 }]);
    optimizer.step([null, null, f32(2)]);
    const { state, param_groups } = optimizer.stateDict();
    expect(state).toEqual({ 2: { step: 1, square_avg: f32(Math.fround(4 * Math.fround(1 - 0.99))) } });
    expect(param_groups.map(({ lr, params }) => ({ lr, params }))).toEqual([
      { lr: 0.01, params: [0] },
      { lr: 0.5, params: [1, 2] },
    ]);
  });

  test("indices stand for parameters in order; a parameter that is not listed under state has none", () => {
    const optimizer = new RMSprop([f32(1), f32(1)]);
    optimizer.step([f32(1), f32(1)]);
    const dict = optimizer.stateDict();
    dict.param_groups[0].params = [7, 3];
    dict.state = { 3: { step: 5, square_avg: f32(0.5) } };
    optimizer.loadStateDict(dict);
    expect(optimizer.stateDict().state).toEqual({ 1: { step: 5, square_avg: f32(0.5) } });
  });

  test.each<[string, (dict: StateDict) => unknown, RegExp]>([
    ["not an object", () => null, /^stateDict must be an object/],
    ["an unknown key", (d) => ({ ...d, extra: 1 }), /a key of stateDict must be one of state, param_groups/],
    ["no groups", (d) => ({ state: d.state }), /param_groups must be an array of 1 groups, but is undefined/],
    [
      "too many groups",
      (d) => ({ ...d, param_groups: [...d.param_groups, ...d.param_groups] }),
      /array of 1 groups/,
    ],
    [
      "a hole for a group",
      (d) => ({ ...d, param_groups: new Array(1) }),
      /param_groups\[0\] must be an object/,
    ],
    ["an unknown hyperparameter", (d) => change(d, { foreach: null }), /the string "foreach"; remove it/],
    [
      "a missing hyperparameter",
      (d) => change(d, { lr: undefined }),
      /param_groups\[0\]\.lr must be a number/,
    ],
    [
      "a hyperparameter out of range",
      (d) => change(d, { alpha: -1 }),
      /alpha must be in \[0, Infinity\], but is -1/,
    ],
    [
      "another number of parameters",
      (d) => change(d, { params: [0] }),
      /params must be an array of 2 indices/,
    ],
    [
      "an index twice",
      (d) => change(d, { params: [0, 0] }),
      /params\[1\] must be a non-negative integer that no/,
    ],
    [
      "holes for indices",
      (d) => change(d, { params: new Array(2) }),
      /params\[0\] must be a non-negative integer/,
    ],
    ["no state", (d) => ({ param_groups: d.param_groups }), /stateDict\.state must be an object/],
    ["an index of no group", (d) => ({ ...d, state: { 5: d.state[0] } }), /a key of stateDict\.state .* "5"/],
    [
      "a key that is not an index",
      (d) => ({ ...d, state: { "00": d.state[0] } }),
      /an index in param_groups/,
    ],
    [
      "a missing mean square",
      (d) => entry(d, { square_avg: undefined }),
      /square_avg must be a Float32Array/,
    ],
    [
      "a missing buffer",
      (d) => entry(d, { momentum_buffer: undefined }),
      /momentum_buffer must be .* need it/,
    ],
    ["a missing mean gradient", (d) => entry(d, { grad_avg: undefined }), /grad_avg must be .* need it/],
    [
      "a foreign slot",
      (d) => entry(d, { exp_avg: f32(1, 2) }),
      /a key of stateDict\.state\[0\] .* "exp_avg"/,
    ],
    ["a wrong length", (d) => entry(d, { grad_avg: f32(1) }), /grad_avg must be a Float32Array of length 2/],
    [
      "a plain array",
      (d) => entry(d, { square_avg: [1, 2] }),
      /square_avg must be a Float32Array, but is an array/,
    ],
    ["a fractional step", (d) => entry(d, { step: 1.5 }), /step must be an integer/],
  ])("a state dict with %s is refused and changes nothing", (_name, damage, message) => {
    const optimizer = new RMSprop([f32(1, 2), f32(1)], { momentum: 0.9, centered: true });
    optimizer.step([f32(1, 2), f32(1)]);
    const before = optimizer.stateDict();
    const damaged = damage(optimizer.stateDict()) as StateDict;
    expect(() => optimizer.loadStateDict(damaged)).toThrow(InvalidArgumentError);
    expect(() => optimizer.loadStateDict(damaged)).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });

  test.each<[string, (dict: StateDict) => unknown, string]>([
    [
      "another number of groups",
      (d) => ({ ...d, param_groups: [] }),
      "stateDict.param_groups must be an array of 1 groups, but is an array of length 0; load it into an optimizer with the groups that it was saved from",
    ],
    [
      "another number of parameters",
      (d) => change(d, { params: [0] }),
      "stateDict.param_groups[0].params must be an array of 2 indices, but is an array of length 1; load it into an optimizer with the parameters that it was saved from",
    ],
    ...[0, -1, 0.5, "1", Number.NaN, undefined].map((index): [string, (d: StateDict) => unknown, string] => [
      `index ${index}`,
      (d) => change(d, { params: [0, index] }),
      `stateDict.param_groups[0].params[1] must be a non-negative integer that no other parameter has, but is ${index === "1" ? 'the string "1"' : index}; number the parameters 0, 1, …`,
    ]),
    ...[null, [], 5].map((state): [string, (d: StateDict) => unknown, string] => [
      `state ${JSON.stringify(state)}`,
      (d) => ({ ...d, state }),
      `stateDict.state must be an object from the indices in param_groups to states, but is ${Array.isArray(state) ? "an array of length 0" : state}; pass {} where there is no state yet`,
    ]),
    [
      "an index of no group",
      (d) => ({ ...d, state: { 5: d.state[0] } }),
      'a key of stateDict.state must be an index in param_groups, but is the string "5"; remove the entry or list its index in a group',
    ],
  ])("the refusal of a state dict says what to do: %s", (_name, damage, message) => {
    const optimizer = new RMSprop([f32(1, 2), f32(1)], { momentum: 0.9, centered: true });
    optimizer.step([f32(1, 2), f32(1)]);
    const damaged = damage(optimizer.stateDict()) as StateDict;
    expect(() => optimizer.loadStateDict(damaged)).toThrow(expect.objectContaining({ message }));
  });

  test.each(DIALECTS)(
    "$id: a state may have the buffers that the dialect knows, and no others",
    (dialect) => {
      const full = { step: 1, square_avg: f32(1), momentum_buffer: f32(2), grad_avg: f32(3) };
      const knows = {
        momentum_buffer: !["none", "ignored"].includes(dialect.momentum),
        grad_avg: dialect.centered !== "never",
      };
      for (const buffer of ["momentum_buffer", "grad_avg"] as const) {
        const optimizer = new RMSprop([f32(1)], { dialect: dialect.id, momentum: 0.5 });
        const { [buffer]: tensor, step, square_avg } = full;
        const known = {
          ...(knows.momentum_buffer && { momentum_buffer: f32(2) }),
          ...(knows.grad_avg && { grad_avg: f32(3) }),
        };
        const state = { 0: { step, square_avg, ...known, [buffer]: tensor } };
        const load = () => optimizer.loadStateDict({ ...optimizer.stateDict(), state });
        if (knows[buffer]) {
          load();
          expect(optimizer.stateDict().state).toEqual(state);
        } else {
          const names = ["step", "square_avg", ...Object.keys(known)].join(", ");
          expect(load).toThrow(
            `a key of stateDict.state[0] must be one of ${names}, but is the string "${buffer}"`,
          );
        }
      }
    },
  );

  test("a buffer that the dialect never has is foreign", () => {
    const donor = new RMSprop([f32(1)], { momentum: 0.9 });
    donor.step([f32(1)]);
    const optimizer = new RMSprop([f32(1)], { dialect: "bitsandbytes", momentum: 0.9 });
    expect(() => optimizer.loadStateDict(donor.stateDict())).toThrow(/"momentum_buffer"/);
  });
});

function change(dict: StateDict, changes: object): unknown {
  return { ...dict, param_groups: [{ ...dict.param_groups[0], ...changes }] };
}

function entry(dict: StateDict, changes: object): unknown {
  return { ...dict, state: { ...dict.state, 0: { ...dict.state[0], ...changes } } };
}

describe("refused arguments", () => {
  const { NaN: nan, NEGATIVE_INFINITY: minusInfinity } = Number;

  test.each(["lr", "alpha", "eps", "momentum", "weight_decay", "lr_decay", "clip_value"])("%s", (name) => {
    for (const value of [-1, -(2 ** -1074), nan, minusInfinity, "0.1", true, null, 1n, [1]]) {
      const call = () => new RMSprop([f32(1)], { [name]: value });
      expect(call).toThrow(InvalidArgumentError);
      expect(call).toThrow(new RegExp(`^${name} must be .*, but is .*; `));
    }
    expect(() => new RMSprop([f32(1)], { [name]: Number.POSITIVE_INFINITY })).not.toThrow();
    const zero = () => new RMSprop([f32(1)], { [name]: 0 });
    if (name === "clip_value")
      expect(zero).toThrow("clip_value must be in (0, Infinity], but is 0; pass Infinity");
    else expect(zero).not.toThrow();
  });

  test.each(["centered", "maximize"])("%s", (name) => {
    for (const value of [1, 0, "true", null, nan]) {
      const call = () => new RMSprop([f32(1)], { [name]: value });
      expect(call).toThrow(new RegExp(`^${name} must be a boolean, but is .*; pass true or false`));
    }
  });

  test.each<[string, unknown[], string]>([
    ["an unknown option", [[f32(1)], { rho: 0.9 }], "a key of options must be one of lr, alpha"],
    ["an unknown dialect", [[f32(1)], { dialect: "torch" }], "dialect must be one of textbook, pytorch"],
    ["an unknown evaluation", [[f32(1)], { evaluation: "fast" }], "evaluation must be one of fused, unfused"],
    ["options that are no object", [[f32(1)], 0.1], "options must be an object, but is 0.1"],
    ["no parameters", [[]], "params must be a non-empty array"],
    ["a parameter that is not in an array", [f32(1)], "params must be a non-empty array"],
    [
      "a Float64Array",
      [[Float64Array.of(1)]],
      "params[0] must be a Float32Array, but is a Float64Array of length 1",
    ],
    ["a plain array", [[[1, 2]]], "params[0] must be a Float32Array, but is an array of length 2"],
    ["a group without parameters", [[{ lr: 1 }]], "params[0].params must be an array of Float32Array"],
    ["groups and parameters mixed", [[{ params: [f32(1)] }, f32(1)]], "params[1] must be an object"],
    [
      "an unknown option in a group",
      [[{ params: [f32(1)], dialect: "keras" }]],
      "a key of params[0] must be one of",
    ],
    [
      "a bad value in a group",
      [[{ params: [f32(1)], lr: -1 }]],
      "params[0].lr must be in [0, Infinity], but is -1",
    ],
  ])("%s", (_name, args, message) => {
    const call = () => new RMSprop(...(args as ConstructorParameters<typeof RMSprop>));
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });

  const array = "an array of Float32Array, but is";
  test.each<[unknown, string]>([
    [
      f32(1),
      "params must be a non-empty array of Float32Array or of groups, but is a Float32Array of length 1; put a single parameter into an array",
    ],
    [[5], "params[0] must be a Float32Array, but is 5; convert it with Float32Array.from"],
    [[null], "params[0] must be a Float32Array, but is null; convert it with Float32Array.from"],
    [["x"], 'params[0] must be a Float32Array, but is the string "x"; convert it with Float32Array.from'],
    [[() => 1], "params[0] must be a Float32Array, but is a function; convert it with Float32Array.from"],
    [
      [{ params: f32(1) }],
      `params[0].params must be ${array} a Float32Array of length 1; put a single parameter into an array`,
    ],
  ])("what is said of parameters: %#", (params, message) => {
    expect(() => new RMSprop(params as Float32Array[])).toThrow(expect.objectContaining({ message }));
  });

  test("what is said of memory, gradients and groups", () => {
    const p = f32(1, 2);
    const optimizer = new RMSprop([{ params: [p] }, { params: [f32(1)] }]);
    const refused = (call: () => void, message: string) =>
      expect(call).toThrow(expect.objectContaining({ message }));
    refused(
      () => new RMSprop([p, p]),
      "params[1] must be in other memory than params[0], but is a Float32Array of length 2; list each parameter once, in one group",
    );
    refused(
      () => optimizer.step([]),
      "gradients must be an array of length 2, but is an array of length 0; give one gradient, or null, for each parameter in the order of the groups",
    );
    refused(
      () => optimizer.step([p, null]),
      "gradients[0] must be in other memory than params[0].params[0], but is a Float32Array of length 2; a step writes the parameter while it reads the gradient: pass a copy",
    );
    refused(
      () => optimizer.setHyperparameters(2, {}),
      "groupIndex must be an integer from 0 to 1, but is 2; groups count from 0 in paramGroups",
    );
  });

  test("a parameter twice, or two in the same memory", () => {
    const p = f32(1, 2, 3);
    expect(() => new RMSprop([p, p])).toThrow("params[1] must be in other memory than params[0]");
    expect(() => new RMSprop([{ params: [p] }, { params: [p.subarray(1)] }])).toThrow(
      "params[1].params[0] must be in other memory than params[0].params[0]",
    );
    expect(() => new RMSprop([p.subarray(0, 1), p.subarray(1)])).not.toThrow();
  });

  test.each<[string, (p: Float32Array) => unknown, string]>([
    [
      "no array",
      () => f32(1, 2),
      "gradients must be an array of length 2, but is a Float32Array of length 2",
    ],
    ["too few", () => [f32(1, 2)], "gradients must be an array of length 2, but is an array of length 1"],
    [
      "undefined for none",
      () => [f32(1, 2), undefined],
      "gradients[1] must be a Float32Array, but is undefined",
    ],
    ["a wrong length", () => [f32(1, 2), f32(1, 2)], "gradients[1] must be a Float32Array of length 1"],
    [
      "a wrong type",
      () => [f32(1, 2), [1]],
      "gradients[1] must be a Float32Array, but is an array of length 1",
    ],
    ["the parameter's memory", (p) => [p, f32(1)], "gradients[0] must be in other memory than params[0]"],
  ])("gradients: %s; nothing changes", (_name, gradients, message) => {
    const [first, second] = [f32(1, 2), f32(3)];
    const optimizer = new RMSprop([first, second]);
    optimizer.step([f32(1, 1), null]);
    const before = [optimizer.stateDict(), first.slice(), second.slice()];
    const call = () => optimizer.step(gradients(first) as Float32Array[]);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
    expect([optimizer.stateDict(), first, second]).toEqual(before);
  });

  test("a parameter whose memory was transferred away", () => {
    const parameter = f32(1, 2);
    const optimizer = new RMSprop([parameter]);
    optimizer.step([f32(1, 1)]);
    structuredClone(parameter.buffer, { transfer: [parameter.buffer as ArrayBuffer] });
    expect(() => optimizer.step([f32(1, 1)])).toThrow("gradients[0] must be a Float32Array of length 0");
    expect(() => optimizer.step([f32()])).toThrow("the state for gradients[0].square_avg must be");
  });

  test("dialect objects are checked axis by axis", () => {
    const own = { ...DIALECTS[0], epsilon: "under" } as unknown as (typeof DIALECTS)[number];
    expect(() => new RMSprop([f32(1)], { dialect: own })).toThrow(
      "dialect.epsilon must be one of outside, inside",
    );
    const { lr: _, ...incomplete } = DIALECTS[0].defaults;
    const missingCapabilities = { ...DIALECTS[0], defaults: incomplete as Hyperparameters };
    expect(() => new RMSprop([f32(1)], { dialect: missingCapabilities })).toThrow(
      "dialect.defaults.lr must be a number",
    );
  });

  test("errors carry the argument and the value", () => {
    try {
      new RMSprop([f32(1)], { lr: -1 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ name: "InvalidArgumentError", argument: "lr", value: -1 });
      expect((error as Error).message).toBe(
        "lr must be in [0, Infinity], but is -1; to ascend, pass maximize: true instead",
      );
    }
  });
});

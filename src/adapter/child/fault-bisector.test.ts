import { describe, expect, it } from "vitest";
import type { FaultVerdict } from "../adapter.js";
import { AdapterFault } from "./adapter-fault.js";
import { FaultBisector } from "./fault-bisector.js";

const fault = (verdict: FaultVerdict) => new AdapterFault(verdict, "it broke", "");
const shared = { fresh: false, alone: false };
const fresh = { fresh: true, alone: false };
const fast = 1;
const BUDGET = 1000;

/** Run the cases from 0 to n - 1 as one request that fails, and then as it is told; culprits always fail. */
function isolate(n: number, culprits: readonly number[]) {
  const bisector = new FaultBisector<number>(BUDGET);
  let queue = Array.from({ length: n }, (_, k) => k);
  const found: number[] = [];
  const answered: number[] = [];
  let restarts = 0;
  let isFresh = false;
  for (let size = n; queue.length > 0; size = bisector.cases) {
    const batch = queue.slice(0, size);
    queue = queue.slice(size);
    if (culprits.some((culprit) => batch.includes(culprit))) {
      restarts++;
      const crash = fault("crash");
      if (bisector.failed(batch, crash, { fresh: isFresh, alone: false })) found.push(...batch);
      else queue = [...batch, ...queue];
      isFresh = true;
    } else {
      bisector.answered(batch, fast);
      answered.push(...batch);
      isFresh = false;
    }
  }
  return { found, answered, restarts, unexplained: bisector.unexplained };
}

describe("Isolation", () => {
  it("finds one culprit of 256, wherever it is, in ten restarts at most", () => {
    for (let culprit = 0; culprit < 256; culprit++) {
      const { found, answered, restarts, unexplained } = isolate(256, [culprit]);
      expect(found).toEqual([culprit]);
      expect(answered).toHaveLength(255);
      expect(new Set(answered).size).toBe(255);
      expect(unexplained).toEqual([]);
      expect(restarts).toBeLessThanOrEqual(10);
    }
  });

  it("finds all culprits", () => {
    for (const culprits of [[0, 1], [3, 200], [254, 255], [...Array(16).keys()]]) {
      const { found, answered, unexplained } = isolate(256, culprits);
      expect(found).toEqual(culprits);
      expect(answered).toHaveLength(256 - culprits.length);
      expect(unexplained).toEqual([]);
    }
  });

  it("ends when a fault does not show again, and says so", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    expect(bisector.failed(["a", "b", "c"], fault("crash"), shared)).toBe(false);
    expect(bisector.oneByOne).toBe(true);
    expect(bisector.cases).toBe(1);
    bisector.answered(["a"], fast);
    expect(bisector.cases).toBe(2);
    expect(bisector.unexplained).toEqual([]);
    bisector.answered(["b", "c"], fast);
    expect(bisector.unexplained).toEqual([
      {
        verdict: "crash",
        message: "it broke; it was not reproduced when the 3 cases were run apart",
        external: false,
      },
    ]);
    expect(bisector.oneByOne).toBe(false);
  });

  it("blames a case for its second fault, and only in a fresh process", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    for (const verdict of ["crash", "timeout", "protocol-error"] as const) {
      expect(bisector.failed(["a"], fault(verdict), fresh)).toBe(false);
      expect(bisector.failed(["a"], fault(verdict), shared)).toBe(false);
      expect(bisector.failed(["a"], fault(verdict), fresh)).toBe(true);
    }
    expect(bisector.failed(["b"], fault("protocol-error"), shared)).toBe(false);
    bisector.answered(["b"], fast);
    expect(bisector.unexplained).toEqual([
      {
        verdict: "protocol-error",
        message: "it broke; it was not reproduced when the case was run again",
        external: false,
      },
    ]);
  });

  it("sends one case a request after a hang", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    for (let k = 0; k < 4; k++) bisector.answered(Array(bisector.cases).fill("x"), fast);
    expect(bisector.cases).toBe(16);
    expect(bisector.failed(["a", "b"], fault("timeout"), shared)).toBe(false);
    bisector.answered(["a"], fast);
    expect(bisector.failed(["b"], fault("timeout"), shared)).toBe(false);
    expect(bisector.failed(["b"], fault("timeout"), fresh)).toBe(true);
    for (let k = 0; k < 4; k++) bisector.answered(["c"], fast);
    expect(bisector.cases).toBe(1);
    expect(bisector.oneByOne).toBe(true);
    expect(bisector.unexplained).toEqual([]);
  });

  it("learns nothing for others from a program that was expected to end the process", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    for (let k = 0; k < 4; k++) bisector.answered(Array(bisector.cases).fill("x"), fast);
    for (const verdict of ["crash", "timeout"] as const) {
      expect(bisector.failed(["a"], fault(verdict), { fresh: false, alone: true })).toBe(false);
      expect(bisector.failed(["a"], fault(verdict), { fresh: true, alone: true })).toBe(true);
    }
    expect(bisector.cases).toBe(16);
    expect(bisector.oneByOne).toBe(false);
  });

  it("sends larger requests again once every case that seemed to hang was answered", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    expect(bisector.failed(["a", "b"], fault("timeout"), shared)).toBe(false);
    bisector.answered(["a"], fast);
    expect(bisector.oneByOne).toBe(true);
    bisector.answered(["b"], fast);
    expect(bisector.oneByOne).toBe(false);
    expect(bisector.unexplained).toMatchObject([{ verdict: "timeout", external: true }]);
  });

  it("gives the first request of a process the time that first answers have taken", () => {
    const bisector = new FaultBisector<string>(BUDGET, 5 * BUDGET);
    expect([bisector.timeout(true), bisector.timeout(false)]).toEqual([6 * BUDGET, BUDGET]);
    bisector.answered(["a"], 600, true);
    expect([bisector.timeout(true), bisector.timeout(false)]).toEqual([BUDGET + 600, BUDGET]);
    bisector.answered(["b"], 900);
    bisector.answered(["c"], fast, true);
    expect(bisector.timeout(true)).toBe(BUDGET + 600);
    const hanging = new FaultBisector<string>(BUDGET, 5 * BUDGET);
    hanging.failed(["a"], fault("timeout"), fresh);
    expect(hanging.timeout(true)).toBe(BUDGET);
  });

  it("does not let a request come near its budget", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    const answer = (elapsed: number) => bisector.answered(Array(bisector.cases).fill("x"), elapsed);
    for (const elapsed of [10, 20, 40, 80]) answer(elapsed);
    expect(bisector.cases).toBe(16);
    answer(200);
    expect(bisector.cases).toBe(16);
    answer(300);
    expect(bisector.cases).toBe(8);
    for (let k = 0; k < 5; k++) answer(900);
    expect(bisector.cases).toBe(1);
  });

  it("takes a request that was not full for no reason to make larger ones", () => {
    const bisector = new FaultBisector<string>(BUDGET);
    for (let k = 0; k < 10; k++) bisector.answered(["x"], fast);
    expect(bisector.cases).toBe(2);
  });
});

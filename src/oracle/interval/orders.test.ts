import { describe, expect, it } from "vitest";
import { evaluationOf, isWithin } from "../../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { orderOf, ordersOf } from "./orders.js";

describe("ordersOf", () => {
  it("lists every combination of single-choice axes once and keeps the other freedoms", () => {
    const orders = ordersOf({ ...DEFAULT_FREEDOM, scalars: ["float32", "binary64"] });
    expect(orders).toHaveLength(2 * 3 * 3 * 4 * 2 * 2 * 2);
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(orders.length);
    for (const order of orders) {
      expect(() => orderOf(order)).not.toThrow();
      expect(order["contraction.mean-square"]).toEqual(["none", "left", "right"]);
    }
    expect(orders.filter((order) => isWithin(order, DEFAULT_FREEDOM))).toHaveLength(288);
  });

  it("gives a pinned evaluation back", () => {
    const fused = evaluationOf(PINNED_EVALUATIONS.fused);
    expect(ordersOf(fused)).toEqual([fused]);
  });
});

describe("orderOf", () => {
  it("reads intermediates as float32, binary64, wider or either", () => {
    const base = evaluationOf(PINNED_EVALUATIONS.fused);
    expect(orderOf(base).modes.update).toBe("float32");
    expect(orderOf({ ...base, intermediates: ["binary64"] }).modes.update).toBe("binary64");
    expect(orderOf({ ...base, intermediates: ["binary64", "float32"] }).modes.update).toBe("either");
    expect(orderOf({ ...base, intermediates: ["binary64", "wider"] }).modes.update).toBe("wider");
    expect(orderOf({ ...base, intermediates: ["float32", "wider"] }).modes.update).toBe("either");
    const mixed = orderOf({
      ...base,
      "intermediates.square": ["binary64"],
      "intermediates.update": ["promoted"],
    });
    expect(mixed.modes).toEqual({
      gradient: "float32",
      square: "binary64",
      average: "float32",
      denominator: "float32",
      update: { promotedTo: "binary64" },
    });
    expect(orderOf(base).contraction.variance).toEqual({ none: false, left: false, right: true });
  });
});

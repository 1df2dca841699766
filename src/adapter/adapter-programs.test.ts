import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import { ALLOWED_PROGRAMS, REFUSED_PROGRAMS, randomPrograms } from "./__test-helpers__/adapter-programs.js";
import { bundled } from "./__test-helpers__/same-as-bundled.js";
import { neededCapabilities } from "./needed-capabilities.js";

describe("random programs", () => {
  const programs = randomPrograms(20_111, 320);

  it("need every capability", () => {
    const needed = programs.flatMap((program) => neededCapabilities(program, dialectById("pytorch")));
    expect(new Set([...needed, "deterministic"])).toEqual(new Set(CAPABILITIES));
  });

  it("all run, and reach ordinary, subnormal, infinite and NaN parameters", async () => {
    const values = (await bundled.run(programs)).flatMap((reply) => {
      if (reply.status !== "ok") throw new Error(`a program that does not run: ${JSON.stringify(reply)}`);
      const entries = reply.observations.flatMap(({ parameters }) => parameters);
      return entries.flatMap(({ parameter }) => [...(parameter?.values ?? [])]);
    });
    const count = (of: (x: number) => boolean) => values.filter(of).length;
    expect(count((x) => Math.abs(x) > 1e-6 && Math.abs(x) < 1e6)).toBeGreaterThan(1000);
    expect(count((x) => x !== 0 && Math.abs(x) < 2 ** -126)).toBeGreaterThan(50);
    expect(count((x) => Math.abs(x) === Number.POSITIVE_INFINITY)).toBeGreaterThan(50);
    expect(count(Number.isNaN)).toBeGreaterThan(50);
  });
});

describe("unusual hyperparameters", () => {
  it("are refused or taken, in init and in set", async () => {
    const refusals = (await bundled.run(REFUSED_PROGRAMS)).map((reply) =>
      reply.status === "error" ? `${reply.class} in ${reply.phase}` : reply.status,
    );
    expect(new Set(refusals)).toEqual(
      new Set(["invalid-hyperparameter in init", "invalid-hyperparameter in set"]),
    );
    const taken = (await bundled.run(ALLOWED_PROGRAMS)).map(({ status }) => status);
    expect(new Set(taken)).toEqual(new Set(["ok"]));
  });
});

import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../../spec/capabilities.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { type Adapter, AdapterUnavailable } from "../../adapter/adapter.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { helloWithout } from "./__test-helpers__/measured.js";
import { measure } from "./measure.js";

const pytorch = dialectById("pytorch");
const NOTHING = { accuracy: [], sets: [], training: [], trajectories: [] };

function measuring(adapter: Adapter, signal?: AbortSignal) {
  return measure({
    adapter,
    declaration: declarationOf(pytorch, "fused"),
    hello: helloWithout(),
    profile: "smoke",
    ...(signal && { signal }),
  });
}

/** The bundled implementation with something done before each request. */
function bundledBut(before: (requests: number) => void): Adapter & { stopped: number } {
  const bundled = bundledAdapter("fused");
  let requests = 0;
  return {
    stopped: 0,
    hello: () => bundled.hello(),
    async stop() {
      this.stopped++;
    },
    async run(programs) {
      before(++requests);
      return bundled.run(programs);
    },
  };
}

describe("measure", () => {
  it.each(DIALECTS.map(({ id }) => id))("measures everything of %s", async (id) => {
    const declaration = declarationOf(dialectById(id), "unfused");
    const adapter = bundledAdapter("unfused");
    const options = { adapter, declaration, hello: await adapter.hello(), profile: "smoke" } as const;
    const measurements = await measure(options);
    const slots = measurements.accuracy.map(({ slot }) => slot);
    expect(slots).toContain("parameter");
    expect(measurements.sets.map(({ slot }) => slot)).toEqual(slots);
    expect(measurements.training).toHaveLength(3);
    expect(measurements.trajectories.length).toBeGreaterThan(0);
    for (const { worst } of measurements.accuracy) expect(Number.isFinite(worst.ulps)).toBe(true);
  });

  it("measures the same again", async () => {
    const adapter = bundledAdapter("fused");
    expect(await measuring(adapter)).toEqual(await measuring(adapter));
  });

  it("measures what is left of an implementation that offers nothing", async () => {
    const measurements = await measure({
      adapter: bundledAdapter("fused"),
      declaration: declarationOf(pytorch),
      hello: helloWithout(...CAPABILITIES),
      profile: "smoke",
    });
    expect(measurements.accuracy.map(({ slot }) => slot)).toEqual(["parameter"]);
    expect(measurements.sets.map(({ slot }) => slot)).toEqual(["parameter"]);
    expect(measurements.training).toHaveLength(3);
    expect(measurements.trajectories).toHaveLength(1);
  });

  it("has nothing of one that is gone, and no error", async () => {
    const exited = bundledBut(() => {
      throw new AdapterUnavailable("it was restarted too often", "run");
    });
    expect(await measuring(exited)).toEqual(NOTHING);
  });

  it("keeps what was measured before an interruption, and stops what it waits for", async () => {
    const interruption = new AbortController();
    const adapter = bundledBut((requests) => {
      if (requests === 26) interruption.abort();
    });
    const measurements = await measuring(adapter, interruption.signal);
    expect(measurements.accuracy.length).toBeGreaterThan(0);
    expect(measurements.trajectories).toEqual([]);
    expect(adapter.stopped).toBe(1);
    expect(await measuring(adapter, AbortSignal.abort())).toEqual(NOTHING);
  });

  it("leaves the adapter alone when it is done", async () => {
    const interruption = new AbortController();
    const adapter = bundledBut(() => {});
    await measuring(adapter, interruption.signal);
    interruption.abort();
    expect(adapter.stopped).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import type { Adapter } from "../../adapter/adapter.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { dialectAdapter } from "../__test-helpers__/planted.js";
import { measured } from "./__test-helpers__/measured.js";
import type { Trajectory } from "./measurements.js";
import { measureTrajectories } from "./trajectory.js";

const pytorch = dialectById("pytorch");
const pathOf = ({ paths }: Trajectory, kind: string, name?: string) =>
  paths.find((path) => path.kind === kind && (name === undefined || path.name === name))?.points;

describe("measureTrajectories", () => {
  it("takes two ways down, each of 40 steps", async () => {
    const trajectories = await measureTrajectories(measured(pytorch));
    expect(trajectories.map(({ title }) => title)).toEqual(["without momentum", "with momentum 0.9"]);
    for (const { paths, curvature } of trajectories) {
      expect(curvature).toEqual([1, 5]);
      expect(paths.map(({ kind }) => kind)).toEqual(["got", "exact", "dialect", "dialect", "dialect"]);
      for (const { points } of paths) {
        expect(points).toHaveLength(41);
        expect(points[0]).toEqual([-4, 2.5]);
      }
    }
  });

  it.each(DIALECTS.map(({ id }) => id))(
    "leaves %s near its exact way, and the others away from it",
    async (id) => {
      for (const one of await measureTrajectories(measured(dialectById(id)))) {
        const got = pathOf(one, "got") ?? [];
        const apart = (points: readonly (readonly [number, number])[] = []) =>
          Math.max(...points.map(([x, y], k) => Math.hypot(x - got[k][0], y - got[k][1])));
        const others = one.paths.filter(({ kind }) => kind === "dialect");
        expect(others.length).toBeGreaterThanOrEqual(2);
        expect(others.map(({ name }) => name)).not.toContain(id);
        // Nothing of what is drawn could be taken for the implementation: a tenth is a fortieth of the picture.
        for (const { points } of others)
          expect(apart(points)).toBeGreaterThan(1000 * apart(pathOf(one, "exact")));
      }
    },
  );

  it("computes the path of another dialect to the bit as that dialect's own run does", async () => {
    const adjacent = await measureTrajectories(measured(pytorch));
    const compared: string[] = [];
    for (const trajectory of adjacent) {
      for (const { name, kind, points } of trajectory.paths) {
        if (kind !== "dialect") continue;
        const own = await measureTrajectories(measured(dialectById(name)));
        const same = own.find(({ title }) => title === trajectory.title);
        // What has no ε goes without one.
        expect(same && pathOf(same, "got")).toEqual(points);
        compared.push(name);
      }
    }
    expect(compared.length).toBe(6);
  });

  it("shows first the dialect whose way the implementation takes, where that is another one", async () => {
    const inside = dialectAdapter({ epsilon: "inside", initialAccumulator: "one" });
    const [plain] = await measureTrajectories(measured(pytorch, [], inside));
    const [first] = plain.paths.filter(({ kind }) => kind === "dialect");
    expect(first.points).toEqual(pathOf(plain, "got"));
    expect(dialectById(first.name)).toMatchObject({ epsilon: "inside", initialAccumulator: "one" });
  });

  it("leaves out momentum where there is none", async () => {
    const titles = async (...given: Parameters<typeof measured>) =>
      (await measureTrajectories(measured(...given))).map(({ title }) => title);
    expect(await titles(pytorch, ["momentum"])).toEqual(["without momentum"]);
    expect(await titles(dialectById("textbook"))).toEqual(["without momentum"]);
    expect(await titles(dialectById("bitsandbytes"))).toEqual(["without momentum"]);
    expect(await titles(dialectById("graves-2013"), ["centered"])).toEqual([]);
  });

  it("needs no state and no load", async () => {
    const all = await measureTrajectories(measured(pytorch));
    expect(await measureTrajectories(measured(pytorch, ["state", "load", "set", "checkpoint"]))).toEqual(all);
  });

  it("ends where the answers end, or are no numbers", async () => {
    const bundled = bundledAdapter("fused");
    let requested = 0;
    const until = (last: number, otherwise: number | undefined): Adapter => ({
      hello: () => bundled.hello(),
      stop: () => bundled.stop(),
      run: async (programs) => {
        if (++requested <= last) return bundled.run(programs);
        if (otherwise === undefined) return [{ status: "unsupported", capability: "steps" }];
        const values = Float32Array.of(1, otherwise);
        return [{ status: "ok", observations: [{ parameters: [{ parameter: { shape: [2], values } }] }] }];
      },
    });
    const lengths = async (adapter: Adapter) => {
      requested = 0;
      const trajectories = await measureTrajectories(measured(pytorch, ["momentum"], adapter));
      return trajectories.map((one) => pathOf(one, "got")?.length);
    };
    expect(await lengths(until(7, undefined))).toEqual([8]);
    expect(await lengths(until(3, Number.NaN))).toEqual([4]);
    expect(await lengths(until(3, Number.POSITIVE_INFINITY))).toEqual([4]);
    expect(await lengths(until(0, undefined))).toEqual([]);
  });
});

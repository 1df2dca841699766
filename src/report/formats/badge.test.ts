import { makeBadge } from "badge-maker";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { type RealOutcomes, realOutcomes } from "../__test-helpers__/real-outcomes.js";
import type { Report } from "../model/report.js";
import { badgeReport } from "./badge.js";

/** What shields.io says that an endpoint may answer, and nothing else. */
const endpointSchema = z.strictObject({
  schemaVersion: z.literal(1),
  label: z.string(),
  message: z.string().min(1),
  color: z.string().optional(),
  labelColor: z.string().optional(),
  isError: z.boolean().optional(),
  namedLogo: z.string().optional(),
  logoSvg: z.string().optional(),
  logoColor: z.string().optional(),
  logoSize: z.literal("auto").optional(),
  style: z.enum(["flat", "flat-square", "plastic", "for-the-badge", "social"]).optional(),
});

/** Colours that shields.io and its library know by name. */
const NAMED = /^(brightgreen|green|yellowgreen|yellow|orange|red|blue|lightgrey|critical|inactive)$/;

function badge(report: Report) {
  const read = endpointSchema.parse(JSON.parse(badgeReport(report)));
  expect(read.label).toBe("RMSprop");
  expect(read.color).toMatch(NAMED);
  const { label, message, color } = read;
  const svg = makeBadge({ label, message, color: color ?? "" });
  expect(svg).toContain(`<title>RMSprop: ${message}</title>`);
  return `${message} · ${color}${read.isError ? " · error" : ""}`;
}

let reports: RealOutcomes;
beforeAll(async () => {
  reports = await realOutcomes();
});

it("says of real runs what they come to, and that they are of a part", () => {
  const badges = Object.entries(reports).map(([name, report]) => [name, badge(report)]);
  expect(Object.fromEntries(badges)).toEqual({
    conforming: "L3 bit-exact, partial run · yellow",
    failing: "fails L2, partial run · red · error",
    crashing: "fails L2, partial run · red · error",
    incomplete: "inconclusive · inactive · error",
    "as expected": "L2 certified, 12 known to fail, partial run · yellow",
    stale: "fails L2, partial run · red · error",
    "nothing shown": "inconclusive · inactive · error",
  });
});

it("names the level that a whole run reached", () => {
  const reached = (["L0", "L1", "L2", "L3"] as const).map((reached) =>
    badge(madeUpRun({ header: { level: "L0" }, footer: { reached } })),
  );
  expect(reached).toEqual([
    "L0 protocol · yellow",
    "L1 semantics · yellowgreen",
    "L2 certified · green",
    "L3 bit-exact · brightgreen",
  ]);
});

it("names no level but the one that was asked for where something is expected to fail", () => {
  const expectations = { expected: ["first"], breaches: [] };
  expect(badge(madeUpRun({ header: { level: "L1" }, footer: { reached: "L3", expectations } }))).toBe(
    "L1 semantics, 1 known to fail · yellow",
  );
});

it("names no level where there is none, whatever was reached so far", () => {
  const inconclusive = (cause: NonNullable<Report["footer"]["inconclusive"]>) =>
    badge(madeUpRun({ footer: { reached: "L3", outcome: "inconclusive", inconclusive: cause } }));
  expect(inconclusive("interrupted")).toBe("inconclusive · inactive · error");
  expect(inconclusive("no-evidence")).toBe("inconclusive · inactive · error");
  expect(inconclusive("self-check-failed")).toBe("inconclusive · critical · error");
  const footer = { reached: "L3" as const };
  expect(badge(madeUpRun({ footer, header: { shard: { index: 1, count: 2 } } }))).toBe(
    "L3 bit-exact, partial run · yellow",
  );
});

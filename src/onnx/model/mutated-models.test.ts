import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { packageRoot } from "../../package-info.js";
import { RandomSource } from "../../search/element-steps.js";
import { built, trainingModel } from "../__test-helpers__/models.js";
import { updateGraphOf } from "../update/model-updates.js";
import { rolesOf } from "../update/roles.js";
import { parseModel } from "./load-model.js";
import { encodeModel } from "./model-codec.js";
import { ModelError } from "./model-error.js";

/** Models with random bytes changed. RMSPROP_MUTATED_MODELS says how many; by default few enough for every test run. */

const REQUESTED = process.env.RMSPROP_MUTATED_MODELS;
const COUNT = Number(REQUESTED ?? 1500);
/** Milliseconds for reading one model, and for running one. Both take about one; machines may be busy. */
const TIMEOUT_MS = 10_000;

const ORIGINALS: readonly (readonly [string, Uint8Array])[] = [
  ["a built graph", encodeModel(built({ centered: true, momentum: true, weightDecay: true }))],
  ["a training graph", encodeModel(trainingModel())],
];

/** Some bytes changed, put in, taken out or doubled, or the end cut off. */
function mutated(bytes: Uint8Array, random: RandomSource): Uint8Array {
  let result = [...bytes];
  // Mostly one change that leaves the length alone: others seldom get past the first reader.
  const tame = random.uniform() < 0.7;
  for (let left = tame ? 1 : random.integer(1, 4); left > 0; left--) {
    const at = random.integer(0, Math.max(0, result.length - 1));
    switch (random.integer(0, tame ? 2 : 6)) {
      case 0:
        result[at] ^= 1 << random.integer(0, 7);
        break;
      case 1:
        result[at] = random.integer(0, 255);
        break;
      case 2:
        result[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 3:
        result.splice(at, 0, random.integer(0, 255));
        break;
      case 4:
        result.splice(at, random.integer(1, 8));
        break;
      case 5: {
        const piece = result.slice(at, at + random.integer(1, 40));
        result.splice(random.integer(0, result.length), 0, ...piece);
        break;
      }
      default:
        if (random.uniform() < 0.3) result = result.slice(0, at);
    }
  }
  return Uint8Array.from(result);
}

/** Everything that is done with a model before it is run. What comes of it is the update that is cut out of it. */
function validated(bytes: Uint8Array): Uint8Array | "refused" {
  try {
    const loaded = parseModel(bytes, "mutated");
    return updateGraphOf(loaded, rolesOf(loaded), dialectById("pytorch"), {}, undefined).model;
  } catch (error) {
    if (error instanceof ModelError) return "refused";
    throw error;
  }
}

/** Runs models elsewhere, and says what became of each. */
class RuntimeChild {
  private child: ChildProcessWithoutNullStreams | undefined;
  private lines: AsyncIterator<string> | undefined;

  async outcomeOf(model: Uint8Array): Promise<"ran" | "failed" | "refused" | "crash" | "hang"> {
    if (!this.child) {
      const script = join(packageRoot(), "src", "onnx", "runtime", "__test-helpers__", "runtime-child.mjs");
      this.child = spawn(process.execPath, [script]);
      this.child.stdin.on("error", () => {}); // its end is seen by its output
      this.child.stderr.resume();
      this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    }
    const { child, lines } = this;
    child.stdin.write(`${Buffer.from(model).toString("base64")}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), TIMEOUT_MS);
    });
    const line = await Promise.race([(lines as AsyncIterator<string>).next(), late]);
    clearTimeout(timer);
    if (line !== "late" && !line.done) return JSON.parse(line.value).outcome;
    await this.stop();
    return line === "late" ? "hang" : "crash";
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "close");
  }
}

const runtime = new RuntimeChild();
afterAll(() => runtime.stop());

describe.each(ORIGINALS)("%s", (name, original) => {
  test("is valid as it is, and runs", async () => {
    const update = validated(original);
    expect(update).toBeInstanceOf(Uint8Array);
    expect(await runtime.outcomeOf(update as Uint8Array)).toBe("ran");
    expect(await runtime.outcomeOf(original)).toBe("ran");
  });

  test(`changed ${COUNT / ORIGINALS.length} times, is read or refused in time, and run or refused without harm`, async () => {
    const random = new RandomSource(20_130);
    const counts = { "refused by us": 0, ran: 0, failed: 0, refused: 0, crash: 0, hang: 0 };
    for (let k = 0; k < COUNT / ORIGINALS.length; k++) {
      const bytes = mutated(original, random);
      const started = performance.now();
      const update = validated(bytes);
      expect(performance.now() - started).toBeLessThan(TIMEOUT_MS);
      if (update === "refused") counts["refused by us"]++;
      // The whole model and what was cut out of it: either may be more than the runtime can take.
      else for (const model of [bytes, update]) counts[await runtime.outcomeOf(model)]++;
    }
    if (REQUESTED !== undefined) console.log(`${name}: ${JSON.stringify(counts)}`);
    // Some of each, or the changes are too wild or too tame to be a test.
    expect(counts["refused by us"]).toBeGreaterThan(COUNT / 20);
    expect(counts.ran).toBeGreaterThan(COUNT / 20);
    expect(counts.hang).toBe(0);
  }, 3_600_000);
});

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const INCLUDE = [
  "src/**/*.test.{ts,tsx}",
  "spec/**/*.test.ts",
  "properties/**/*.test.ts",
  "scripts/**/*.test.ts",
];

/** Tests that replace a module or measure memory: each has a worker of its own. */
const ISOLATED = [
  "properties/specification-own-checks.test.ts",
  "src/judge/flat-memory.test.ts",
  "src/program/tensor.test.ts",
  "src/suite/faulty-adapters.test.ts",
  "src/suite/gate.test.ts",
  "src/suite/planted-defects.test.ts",
  "src/testing/clause-tests.test.ts",
];

export default defineConfig({
  test: {
    // Many tests wait for adapters: with the default of one worker fewer than cores, a core is idle half of the time.
    maxWorkers: availableParallelism() + 1,
    globalSetup: "src/cli/__test-helpers__/compiled-once.ts",
    projects: [
      // Importing the suite takes longer than most tests: the files of a worker share what they import.
      {
        extends: true,
        test: { name: "shared", include: INCLUDE, exclude: ISOLATED, isolate: false, ...timeouts() },
      },
      { extends: true, test: { name: "isolated", include: ISOLATED, ...timeouts() } },
    ],
  },
});

function timeouts() {
  return { testTimeout: 120_000, hookTimeout: 120_000 };
}

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.{ts,tsx}",
      "spec/**/*.test.ts",
      "properties/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    // Many tests wait for adapters: with the default of one worker fewer than cores, a core is idle half of the time.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

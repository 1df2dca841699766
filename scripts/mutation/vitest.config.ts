import { defineConfig } from "vitest/config";

/** The tests that must kill the mutants of one part; `run.mjs` says which. */
const tests = process.env.MUTATION_TESTS?.split(",");

export default defineConfig({
  test: {
    include: tests ?? ["src/{float32,oracle,judge,rmsprop,program}/**/*.test.ts"],
    testTimeout: 120_000,
  },
});

import { statSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The tests that must kill the mutants of one part; `run.mjs` says which. */
const tests = process.env.MUTATION_TESTS?.split(",");

/** A mutant is dead at its first failing test, so small files, which are quick, go before those that try many inputs. */
class SmallestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const size = ({ moduleId }: TestSpecification) => statSync(moduleId).size;
    return files.sort((a, b) => size(a) - size(b));
  }
}

export default defineConfig({
  test: {
    include: tests ?? ["src/{float32,oracle,judge,rmsprop,program}/**/*.test.ts"],
    setupFiles: ["scripts/mutation/quick-properties.ts"],
    sequence: { sequencer: SmallestFirst },
    testTimeout: 120_000,
  },
});

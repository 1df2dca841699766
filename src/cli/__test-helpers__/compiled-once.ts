import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { packageRoot } from "../../package-info.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder for the compiled command line, empty until the first test that needs it compiles it. */
    compiled: string;
  }
}

/** Give all tests of a run one folder for the compiled command line, and delete it afterwards. */
export default function setup({ provide }: TestProject): () => void {
  // Inside the package, where the compiled files find its package.json and its dependencies.
  const cache = join(packageRoot(), "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "cli-test-"));
  provide("compiled", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

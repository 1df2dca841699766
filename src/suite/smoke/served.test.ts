import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../package-info.js";
import { runSmoke } from "./run-smoke.js";

const ROOT = packageRoot();
let compiled: string;

beforeAll(async () => {
  // Inside the package, where the compiled files find its package.json and its dependencies.
  const cache = join(ROOT, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  compiled = mkdtempSync(join(cache, "served-test-"));
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  // Types are checked by `npm run typecheck`; without them, compiling is reading and writing.
  const config = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", compiled, "--declaration", "false"];
  const options = [...config, "--noCheck", "--noResolve", "--lib", "es5"];
  await promisify(execFile)(process.execPath, [tsc, ...options]);
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

it.each([
  ["base64", "served", "pytorch"],
  ["base64", "served", "graves-2013"],
  [
    "hex",
    "{ hello: async () => ({ ...hello, encodings: ['hex'] }), run: (all) => served.run(all), stop: () => served.stop() }",
    "hinton",
  ],
])("an adapter that serveStdio serves in %s passes", async (encoding, adapter, dialect) => {
  const script = join(compiled, `${encoding}-${dialect}.mjs`);
  writeFileSync(
    script,
    `
    import { bundledAdapter } from "./src/adapter/bundled.js";
    import { serveStdio } from "./src/adapter/stdio-server.js";
    const served = bundledAdapter("fused");
    const hello = await served.hello();
    await serveStdio(${adapter});
    `,
  );
  const result = await runSmoke({ command: [process.execPath, script], dialect });
  expect(result.cases.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  expect(result.hello?.encodings?.[0]).toBe(encoding);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The example of docs/in-process.md in a vitest of its own, over the sources instead of the package. */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(ROOT, "docs/in-process.md"), "utf8");
/** Blocks of the page that begin with the name of a file. */
const files = new Map(
  [...page.matchAll(/^```js .*\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [name, text]),
);

const folder = mkdtempSync(join(tmpdir(), "in-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const source = (name: string) => join(ROOT, "src/testing", name);
  const alias = {
    "rmsprop-conformance/vitest": source("vitest.ts"),
    "rmsprop-conformance/testing": source("index.ts"),
  };
  const config = `export default ${JSON.stringify({ resolve: { alias } })};\n`;
  for (const [name, text] of [...files, ["vitest.config.mjs", config]])
    writeFileSync(join(folder, name), text);
});

/** Run one of the clauses, and what it says. */
async function vitest(clause: string): Promise<{ status: number; output: string }> {
  const command = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--reporter=verbose", "-t", clause];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV)/.test(name)),
  );
  const child = spawn(process.execPath, command, { cwd: folder, env: { ...env, NO_COLOR: "1" } });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [status] = (await once(child, "close")) as [number];
  return { status, output: Buffer.concat(chunks).toString() };
}

describe("the example", () => {
  it("passes a clause that it meets, and skips one of what it does not offer, with the reason", async () => {
    const { status, output } = await vitest("RMS-(1\\.3|10\\.1) ");
    expect(output).toMatch(/✓ .* rmsprop-conformance: my-rmsprop > RMS-1\.3 /);
    expect(output).toMatch(/↓ .* > RMS-10\.1 .* \[the implementation does not offer .*checkpoint.*\]/);
    expect(output).toMatch(/Tests {2}1 passed \| \d+ skipped/);
    expect(status).toBe(0);
  });

  it("with ε inside the root fails with the card and nothing of the suite's insides", async () => {
    const right = files.get("rmsprop.mjs") as string;
    const wrong = right.replace(
      "f(f(Math.sqrt(meanSquare)) + this.eps)",
      "f(Math.sqrt(f(meanSquare + this.eps)))",
    );
    expect(wrong).not.toBe(right);
    writeFileSync(join(folder, "rmsprop.mjs"), wrong);
    const { status, output } = await vitest("RMS-1.2");
    expect(status).toBe(1);
    const [, card] = output.split("Failed Tests 1");
    expect(card).toMatch(
      /ConformanceFailure: Finding 1 · other-dialect · This is another dialect: epsilon is inside instead of outside\.\n/,
    );
    expect(card).toMatch(/\n {4}got {6}.*\n {4}accepted .*\n {4}distance /);
    expect(card).toContain('replay: npx vitest run -t "RMS-1.2"  # profile ci, seed 20130');
    expect(card).not.toMatch(/❯|clause-tests|Serialized Error/);
  });
});

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";

interface Reason {
  readonly file: string;
  readonly code: string;
  readonly to?: readonly string[];
  readonly reason: string;
}

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

it("gives reasons for lines that are still there, each of them once", () => {
  const reasons = parse(textOf("survivors.yaml")) as Reason[];
  const seen = new Set<string>();
  for (const { file, code, to = ["anything"], reason } of reasons) {
    const lines = textOf(`../../${file}`)
      .split("\n")
      .map((line) => line.trim());
    expect(lines, file).toContain(code);
    expect(reason.length, code).toBeGreaterThan(10);
    for (const change of to) {
      const key = `${file}: ${code} => ${change}`;
      expect(seen, key).not.toContain(key);
      seen.add(key);
    }
  }
});

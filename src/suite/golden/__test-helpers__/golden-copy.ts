import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../../package-info.js";
import type { GoldenManifest } from "../golden-format.js";

/** The golden set of real PyTorch that comes with the package. */
export const REAL_GOLDENS = join(packageRoot(), "golden", "torch");

/** Some families of the real goldens in a folder of their own, to be edited. */
export class GoldenCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "rmsprop-goldens-"));

  constructor(...families: readonly string[]) {
    const manifest: GoldenManifest = JSON.parse(readFileSync(join(REAL_GOLDENS, "manifest.json"), "utf8"));
    manifest.files = manifest.files.filter(({ path }) =>
      families.some((family) => path.endsWith(`/${family}.json`)),
    );
    for (const { path } of manifest.files) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      cpSync(join(REAL_GOLDENS, path), join(this.folder, path));
    }
    this.write("manifest.json", JSON.stringify(manifest));
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Edit a file as JSON; the manifest is left as it is. */
  // biome-ignore lint/suspicious/noExplicitAny: what is edited may become malformed.
  edit(path: string, change: (content: any) => void): void {
    const content = JSON.parse(this.read(path));
    change(content);
    this.write(path, JSON.stringify(content));
  }

  /** Make the manifest agree with the files that it names. */
  rehash(): void {
    this.edit("manifest.json", (manifest: GoldenManifest) => {
      for (const file of manifest.files) {
        const text = this.read(file.path);
        file.sha256 = createHash("sha256").update(text).digest("hex");
        file.cases = JSON.parse(text).cases.length;
      }
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

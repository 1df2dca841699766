import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's root, from the sources as from dist/: the nearest folder above that holds package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder)
      throw new Error(`no folder above ${fileURLToPath(import.meta.url)} holds package.json`);
    folder = above;
  }
  return folder;
}

/** The package's version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

/** Every golden that comes with the package: traces of PyTorch's optimizer and training graphs. */
export const BUNDLED_GOLDEN_FOLDER = join(packageRoot(), "golden");
/** The golden set that comes with the package. */
export const BUNDLED_GOLDENS = join(packageRoot(), "golden", "torch");
/** Trainings by the source's own code whose gradients come with the package. */
export const BUNDLED_SOURCE_TRAINING = join(packageRoot(), "golden", "source");
/** The regressions that come with the package. */
export const BUNDLED_REGRESSIONS = join(packageRoot(), "properties", "regressions");
/** The training graphs exported from PyTorch that come with the package. */
export const BUNDLED_ONNX = join(packageRoot(), "golden", "onnx");

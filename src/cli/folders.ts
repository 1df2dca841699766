import { join } from "node:path";
import { packageRoot } from "../package-info.js";

/** The golden set and the regressions that come with the package. */
export const BUNDLED_GOLDENS = join(packageRoot(), "golden", "torch");
export const BUNDLED_REGRESSIONS = join(packageRoot(), "properties", "regressions");

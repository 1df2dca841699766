import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { ProgramError } from "../../program/program-error.js";

/** What the folder may hold in addition to the files of the manifest. */
const ALWAYS_ALLOWED = ["manifest.json", "README.md"];

/**
 * Check that a folder holds nothing but the files that its manifest names.
 * @param listed paths from the folder, with `/`
 * @throws {ProgramError} for the first file that is not listed
 */
export function refuseUnlistedFiles(folder: string, listed: Iterable<string>): void {
  const known = new Set([...listed, ...ALWAYS_ALLOWED]);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !known.has(relative(folder, path).replaceAll("\\", "/")))
      throw new ProgramError(path, "", `${join(folder, "manifest.json")} does not list this file`);
  }
}

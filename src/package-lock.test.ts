import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  /** A workspace of this repository. */
  readonly link?: boolean;
  /** Comes inside the archive of another package, which has the hash. */
  readonly inBundle?: boolean;
}
type Packages = Readonly<Record<string, LockedPackage>>;

const REGISTRY = "https://registry.npmjs.org/";

/** Packages that npm would install without a hash to hold them against, or from elsewhere than the registry. */
function unchecked(packages: Packages): string[] {
  return Object.entries(packages)
    .filter(([path, { link, inBundle }]) => path.includes("node_modules/") && !link && !inBundle)
    .filter(
      ([, { integrity, resolved = REGISTRY }]) =>
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? "") || !resolved.startsWith(REGISTRY),
    )
    .map(([path]) => path);
}

test("every package of the lockfile comes from the registry and has a hash", () => {
  const text = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
  const { packages } = JSON.parse(text) as { packages: Packages };
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(unchecked(packages)).toEqual([]);
});

test("a package without a hash, or from elsewhere, is noticed", () => {
  const integrity = `sha512-${"A".repeat(86)}==`;
  const packages = {
    "": { version: "1.0.0" },
    "node_modules/whole": { integrity },
    "node_modules/bundled": { inBundle: true },
    "node_modules/without": { version: "1.0.0" },
    "node_modules/weak": { integrity: "sha1-AAAA" },
    "node_modules/a/node_modules/elsewhere": { integrity, resolved: "https://example.org/a.tgz" },
  };
  expect(unchecked(packages)).toEqual([
    "node_modules/without",
    "node_modules/weak",
    "node_modules/a/node_modules/elsewhere",
  ]);
});

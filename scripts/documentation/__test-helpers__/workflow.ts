import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packageRoot } from "../../../src/package-info.js";

/** What a CI's YAML runs and uses: workflows and actions of GitHub, jobs of GitLab. */

interface ActionInputs {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly spec?: { readonly inputs?: Readonly<Record<string, unknown>> };
}

/** @throws {Error} for text that is not YAML */
export function yamlDocuments(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as unknown;
  });
}

/** The shell texts that a document runs, at any depth. Expressions in ${{ }} become a word. */
export function shellTexts(document: unknown): string[] {
  if (Array.isArray(document)) return document.flatMap(shellTexts);
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([key, value]) => {
    if (key === "run" && typeof value === "string") return [withoutExpressions(value)];
    if (/^(before_|after_)?script$/.test(key))
      return [value]
        .flat()
        .filter((line): line is string => typeof line === "string")
        .map(withoutExpressions);
    return shellTexts(value);
  });
}

const withoutExpressions = (text: string): string => text.replace(/\$\{\{.*?\}\}|\$\[\[.*?\]\]/g, "1");

/** Inputs that a document gives to this repository's action or GitLab component and that it does not have. */
export function unknownInputs(document: unknown): string[] {
  if (Array.isArray(document)) return document.flatMap(unknownInputs);
  if (typeof document !== "object" || document === null) return [];
  const { uses, with: given, inputs, ...rest } = document as Record<string, unknown>;
  const found = Object.values(rest).flatMap(unknownInputs);
  const used = [uses, rest.component, rest.remote, rest.project, rest.local, rest.file].flat().find(isOurs);
  if (used === undefined) return found;
  const file = /ci\/github/.test(used)
    ? "ci/github/action.yml"
    : "ci/gitlab/rmsprop-conformance.gitlab-ci.yml";
  const known = yamlDocuments(readFileSync(join(packageRoot(), file), "utf8")).flatMap((one) => {
    const { inputs: own, spec } = one as ActionInputs;
    return Object.keys(own ?? spec?.inputs ?? {});
  });
  const unknown = Object.keys((given ?? inputs ?? {}) as object).filter((name) => !known.includes(name));
  return [...found, ...unknown.map((name) => `${file} has no input ${name}`)];
}

const isOurs = (value: unknown): value is string =>
  typeof value === "string" && /\bci\/git(hub|lab)\b/.test(value);

import { readFileSync } from "node:fs";
import type { Adapter } from "../adapter/adapter.js";
import { InProcessAdapter } from "../adapter/in-process.js";
import { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "../package-info.js";
import { declarationFrom } from "../suite/declared.js";
import { readExpectations } from "../suite/expectations/read-expectations.js";
import type { GateOptions } from "../suite/gate-options.js";
import { DEFAULT_SEED } from "../suite/profile.js";
import {
  type ConformanceOptions,
  checkConformanceOptions,
  type InProcessOptions,
} from "./conformance-options.js";

/** An implementation in one dialect, as it is to be judged. */
export interface JudgedDialect {
  /** Id of the dialect; undefined for the first one that the implementation claims. */
  readonly dialect: string | undefined;
  readonly profile: GateOptions["profile"];
  readonly seed: number;
  /**
   * What the gate is asked, which only the implementation's introduction completes.
   * @throws {AdapterUnavailable}
   * @throws {UnusableDeclaration}
   */
  gateOptions(): Promise<GateOptions>;
}

/**
 * The dialects in which an implementation is to be judged, each by itself.
 * @throws {ProgramError} for options that cannot be meant, and for expectations that cannot be read
 */
export function judgedDialects(options: ConformanceOptions): JudgedDialect[] {
  checkConformanceOptions(options);
  const adapter = "adapter" in options ? options.adapter : inProcessAdapter(options);
  const evaluation = "adapter" in options ? options.evaluation : undefined;
  const { level, profile = "ci", seed = DEFAULT_SEED, goldens = true, expectations: file } = options;
  const expectations = file === undefined ? undefined : readExpectations(readFileSync(file, "utf8"), file);
  const dialects: readonly (string | undefined)[] = [options.dialect].flat();
  return dialects.map((dialect) => ({
    dialect,
    profile,
    seed,
    gateOptions: async () => {
      const declaration = declarationFrom(await adapter.hello(), { dialect, evaluation });
      return {
        adapter,
        declaration,
        level: level ?? (declaration.reference ? "L3" : "L2"),
        profile,
        seed,
        regressions: BUNDLED_REGRESSIONS,
        ...(goldens && { goldens: BUNDLED_GOLDENS }),
        ...(expectations && { expectations }),
      };
    },
  }));
}

function inProcessAdapter({
  implementation,
  dialect,
  capabilities,
  float32,
  domain,
  validates,
  gradient,
  create,
}: InProcessOptions): Adapter {
  const [first, ...others] = [dialect].flat() as string[];
  return new InProcessAdapter(
    {
      implementation: { version: "(no version)", language: "JavaScript", ...implementation },
      dialects: [first, ...others],
      capabilities: [...capabilities],
      ...(float32 && { float32 }),
      ...(domain && { domain }),
      ...(validates && { validates }),
      ...(gradient && { gradient }),
    },
    { create },
  );
}

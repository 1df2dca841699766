import type { Capability } from "../../spec/capabilities.js";
import type { Dialect } from "../../spec/dialect.js";

/**
 * A dialect as an implementation with these capabilities has it: without momentum there is no buffer that a step at μ = 0
 * could feed.
 */
export function offeredDialect(dialect: Dialect, capabilities: readonly Capability[]): Dialect {
  return capabilities.includes("momentum") ? dialect : { ...dialect, zeroMomentum: "unbuffered" };
}

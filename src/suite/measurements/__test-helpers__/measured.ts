import { CAPABILITIES, type Capability } from "../../../../spec/capabilities.js";
import type { Dialect } from "../../../../spec/dialect.js";
import type { Adapter } from "../../../adapter/adapter.js";
import { bundledAdapter } from "../../../adapter/bundled.js";
import type { Hello } from "../../../adapter/hello.js";
import { MeasuredImplementation } from "../measured-implementation.js";

/** An introduction that offers everything but this. */
export function helloWithout(...missingCapabilities: readonly Capability[]): Hello {
  return {
    implementation: { name: "measured", version: "1", language: "TypeScript" },
    dialects: ["pytorch"],
    capabilities: CAPABILITIES.filter((capability) => !missingCapabilities.includes(capability)),
  };
}

/** The bundled implementation, or another one, as it is measured. */
export function measured(
  dialect: Dialect,
  missingCapabilities: readonly Capability[] = [],
  adapter: Adapter = bundledAdapter("fused"),
): MeasuredImplementation {
  return new MeasuredImplementation(adapter, helloWithout(...missingCapabilities), dialect);
}

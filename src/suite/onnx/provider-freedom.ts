import type { Evaluation } from "../../../spec/evaluation.js";
import type { ProviderName } from "../../onnx/runtime/providers.js";

/**
 * What a provider of ONNX Runtime leaves open beyond the order of operations.
 *
 * `cpu` computes each operation in float32, rounded correctly. WGSL allows division within 2.5 ulp and a root by way
 * of its inverse, and that subnormals are flushed: what no declaration covers there is rejected, and said. `cuda`
 * divides and takes roots correctly rounded unless it was built with fast mathematics.
 */
export function providerFreedom(provider: ProviderName): {
  readonly [A in keyof Evaluation]?: Evaluation[A];
} {
  switch (provider) {
    case "cpu":
    case "cuda":
      return {};
    case "webgpu":
      return {
        root: ["within-two-ulps"],
        division: ["within-two-ulps"],
        subnormals: ["kept", "flushed"],
      };
  }
}

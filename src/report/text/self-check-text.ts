import type { Report } from "../model/report.js";
import { countText } from "./count-text.js";

/** The checks of the judge in this run, in one line; undefined if there were none. */
export function selfCheckText({ footer }: Pick<Report, "footer">): string | undefined {
  const { selfCheck } = footer;
  if (!selfCheck) return undefined;
  const { judged, bounded, emulated, negative, rejected, positive, accepted } = selfCheck;
  if (emulated + negative + positive === 0) return undefined;
  const share = `${((100 * emulated) / judged).toPrecision(2)} %`;
  const recomputed =
    emulated === 0
      ? "no step was judged on its own"
      : bounded === emulated
        ? `${countText(emulated)} of ${countText(judged)} observations recomputed in decimal arithmetic (${share}), by the error of the exact step and operation by operation`
        : `${countText(bounded)} of ${countText(judged)} observations held against the error of the exact step, ${countText(emulated)} recomputed operation by operation (${share})`;
  return `judge cross-checked: ${recomputed}; negative controls: ${countText(rejected)} of ${countText(negative)} rejected; positive controls: ${countText(accepted)} of ${countText(positive)} accepted`;
}

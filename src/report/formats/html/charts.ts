import type { Report } from "../../model/report.js";
import { trainingSpec } from "./training-spec.js";
import { trajectorySpec } from "./trajectory-spec.js";
import { vegaSvg } from "./vega-svg.js";

/** The drawings of a report, in the order of what they show. */
export interface Charts {
  /** Undefined where nothing can be drawn. */
  readonly training: readonly (string | undefined)[];
  readonly trajectories: readonly string[];
}

/** All plots as SVG. Without anything to draw, no plotting library is loaded. */
export async function chartsOf({ training, trajectories }: Report): Promise<Charts> {
  return {
    training: await Promise.all(
      training.map(async (each) => {
        const spec = trainingSpec(each);
        return spec && (await vegaSvg(spec));
      }),
    ),
    trajectories: await Promise.all(trajectories.map((each) => vegaSvg(trajectorySpec(each)))),
  };
}

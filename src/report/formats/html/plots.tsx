import type { Report } from "../../model/report.js";
import type { Charts } from "./charts.js";
import { NothingMeasured } from "./nothing-measured.js";
import { Section } from "./section.js";
import { TrainingPlot } from "./training-plot.js";
import { TrajectoryPlot } from "./trajectory-plot.js";

interface PlotsProps {
  readonly report: Report;
  readonly charts: Charts;
}

/** What can only be seen over many steps. */
export function Plots({ report, charts }: PlotsProps) {
  const { training, trajectories } = report;
  return (
    <Section id="trainings" title="Over many steps">
      <h3>Error over the steps of a training</h3>
      {training.length === 0 ? (
        <NothingMeasured report={report} what="No training" />
      ) : (
        <>
          <p>
            The largest error over all elements after each step, in ulps, compared with the exact training
            from the same start. Errors of earlier steps accumulate, so they grow; only the verdicts say what
            is wrong.
          </p>
          <div class="plots">
            {training.map((each, k) => (
              <TrainingPlot key={each.id} training={each} id={`training-${k + 1}`} svg={charts.training[k]} />
            ))}
          </div>
        </>
      )}
      <h3>Paths on a quadratic</h3>
      {trajectories.length === 0 ? (
        <NothingMeasured report={report} what="No path" />
      ) : (
        <div class="plots">
          {trajectories.map((each, k) => (
            <TrajectoryPlot
              key={each.title}
              trajectory={each}
              id={`trajectory-${k + 1}`}
              svg={charts.trajectories[k]}
            />
          ))}
        </div>
      )}
    </Section>
  );
}

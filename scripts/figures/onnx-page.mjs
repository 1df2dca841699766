// The page of what the exported training graphs did, as Markdown.

/** The losses that the source material's notebook prints for the same network, data, batches and epochs. */
const SOURCE_LOSSES = [0.243452, 0.243676];

/**
 * @param runs what `onnx --json` gave, with its flags
 * @param losses of the airfoil graph, one for each start
 */
export function onnxPage({ runs, losses, machine }) {
  return `# Exported training graphs: what was seen

Written by \`scripts/onnx-figures.mjs\` on ${machine}. Do not edit. What the columns mean is in [onnx.md](onnx.md).

${runs.map(providerSection).join("\n")}
## The airfoil graph, trained

\`golden/onnx/airfoil.pytorch/model.onnx\` for 2 epochs of batches of 10 in onnxruntime-node, from ${losses.length} initial weights (normal, deviation 0.01) and orders of the 1,500 samples. Half the mean squared error over all samples, in binary64, from the last parameters:

| smallest | median | mean | largest | the source's |
| --- | --- | --- | --- | --- |
| ${[smallest(losses), median(losses), mean(losses), largest(losses)].map((x) => x.toFixed(6)).join(" | ")} | ${SOURCE_LOSSES.join(" and ")} |

${losses.filter((loss) => loss <= Math.max(...SOURCE_LOSSES)).length} of ${losses.length} end at or below the larger of the source's two. Those are single runs from starts that are not known.
`;
}

function providerSection({ flags, report }) {
  const provider = flags[1];
  const title = `## ${provider}\n`;
  if (report.runs.length === 0) {
    const [{ reason, remedy }] = report.notRun;
    return `${title}\nNot run: ${reason}. ${remedy.replace(/,? in \/.*$/, "")}\n`;
  }
  const graphs = [...new Set(report.runs.map(({ graph }) => graph))];
  const total = sum(report.runs.map(({ tally }) => tally.judged));
  const exact = sum(report.runs.map(({ tally }) => tally.bitExact));
  return `${title}
${count(report.runs.length)} runs (${settingsOf(report.runs)}): ${count(exact)} of ${count(total)} values of updates are bit-exact, ${count(sum(report.runs.map(({ tally }) => tally.rejected)))} are rejected; ${count(sum(report.runs.map(({ bundled }) => bundled.otherBits)))} have other bits than the bundled implementation's. ${report.conforms ? "Conforms." : "**Does not conform.**"}

| graph | update | loss / bound | gradients / bound | farthest gradient from PyTorch's | loss after the last step, and PyTorch's | drift |
| --- | --- | --- | --- | --- | --- | --- |
${graphs.map((graph) => graphRow(report.runs.filter((run) => run.graph === graph))).join("\n")}
`;
}

/** One row for all settings of a graph: the worst of them. */
function graphRow(runs) {
  const verdicts = [...new Set(runs.map(({ verdict }) => verdict))].join(", ");
  const last = runs[0].drift.at(-1);
  const cells = [
    runs[0].graph,
    verdicts,
    share(largest(runs.map(({ network }) => number(network.loss.share)))),
    share(largest(runs.map(({ network }) => number(network.gradients.share)))),
    `${count(largest(runs.map(({ network }) => number(network.mostFloats))))} floats`,
    `${last.loss} and ${last.pytorchLoss}`,
    `${count(largest(runs.map(({ drift }) => number(drift.at(-1).floats))))} floats`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function settingsOf(runs) {
  const each = (name) => [...new Set(runs.map(({ settings }) => settings[name]))].join(", ");
  return `optimization ${each("optimization")}; threads ${each("threads")}`;
}

/** Infinity and NaN stand as text in JSON. */
const number = (value) => Number(value);
const count = (value) => value.toLocaleString("en-US");
const share = (value) => value.toPrecision(2);
const sum = (values) => values.reduce((all, value) => all + value, 0);
const mean = (values) => sum(values) / values.length;
const smallest = (values) => Math.min(...values);
const largest = (values) => Math.max(...values);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

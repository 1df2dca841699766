// The page of a mutation run: scores by part and file, and every survivor with the reason why it is right.

/** @returns the page in Markdown, counts by part, survivors without a reason, and reasons without a survivor */
export function mutationPage(results, reasons) {
  const used = new Set();
  const unexplained = [];
  const scores = [];
  const survivors = [];
  for (const [part, { files }] of Object.entries(results)) {
    for (const [file, { source, mutants }] of Object.entries(files).sort()) {
      const lines = source.split("\n");
      const reasonOf = ({ location, replacement = "" }) => {
        const code = lines[location.start.line - 1].trim();
        const to = replacement.replace(/\s+/g, " ");
        const entry = reasons.find(
          (one) => one.file === file && one.code === code && (one.to === undefined || one.to.includes(to)),
        );
        return { code, to, entry };
      };
      // Where both programs are the same, running out of time shows nothing but a busy machine.
      const busy = mutants.filter((mutant) => mutant.status === "Timeout" && reasonOf(mutant).entry);
      const alive = mutants
        .filter(({ status }) => status === "Survived" || status === "NoCoverage")
        .concat(busy);
      const count = (state) => mutants.filter(({ status }) => status === state).length;
      const timeout = count("Timeout") - busy.length;
      scores.push({ part, file, killed: count("Killed"), timeout, alive: alive.length });
      for (const mutant of alive) {
        const { code, to, entry } = reasonOf(mutant);
        if (entry) used.add(entry);
        else unexplained.push(`${file}:${mutant.location.start.line} ${mutant.mutatorName} ${code} => ${to}`);
        survivors.push({ file, code, to, reason: entry?.reason ?? "**no reason yet: a test is missing**" });
      }
    }
  }
  const text = [
    "# Mutation score",
    "Written by `npm run mutation`. Do not edit; the reasons are in `scripts/mutation/survivors.yaml`.",
    "Stryker changes the code in small ways, one at a time. A change that no test notices has survived. Each part is judged by its own tests alone (`scripts/mutation/run.mjs`), so that what one room owes is not paid by another.",
    scoreTable(scores),
    "## Survivors",
    survivorTable(survivors),
  ];
  return {
    page: `${text.join("\n\n")}\n`,
    counts: Object.keys(results).map((part) => ({ part, ...sum(scores.filter((one) => one.part === part)) })),
    unexplained,
    stale: reasons.filter((one) => !used.has(one)).map(({ file, code }) => `${file}: ${code}`),
  };
}

/** Noticed changes of all, in percent. */
export const share = ({ killed, timeout, alive }) =>
  `${((100 * (killed + timeout)) / Math.max(1, killed + timeout + alive)).toFixed(1)} %`;

/** Counts of several rows as one. */
export const sum = (rows) => ({
  killed: rows.reduce((total, { killed }) => total + killed, 0),
  timeout: rows.reduce((total, { timeout }) => total + timeout, 0),
  alive: rows.reduce((total, { alive }) => total + alive, 0),
});

function scoreTable(scores) {
  const row = (name, one) => `| ${name} | ${share(one)} | ${one.killed} | ${one.timeout} | ${one.alive} |`;
  const parts = [...new Set(scores.map(({ part }) => part))];
  return [
    "| | score | killed | timed out | survived |",
    "| --- | ---: | ---: | ---: | ---: |",
    row("**all**", sum(scores)),
    ...parts.flatMap((part) => {
      const own = scores.filter((one) => one.part === part);
      return [row(`**${part}**`, sum(own)), ...own.map((one) => row(`\`${one.file}\``, one))];
    }),
  ].join("\n");
}

function survivorTable(survivors) {
  const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const code = (text) => `\`\` ${cell(text)} \`\``;
  return [
    "| where | code | changed to | why nothing notices |",
    "| --- | --- | --- | --- |",
    ...survivors.map(
      ({ file, code: line, to, reason }) =>
        `| \`${file}\` | ${code(line.slice(0, 120))} | ${code(to.slice(0, 80))} | ${cell(reason)} |`,
    ),
  ].join("\n");
}

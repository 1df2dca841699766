// What a runner of GitHub Actions reads in the log of a step.

/**
 * The workflow commands that a runner would obey: lines of the form ::name key=value::text, outside of what stands
 * between ::stop-commands::token and ::token::.
 * @param {string} log
 * @returns {{name: string, properties: string, text: string}[]}
 */
export function workflowCommands(log) {
  const commands = [];
  let token;
  for (const line of log.split(/\r?\n|\r/)) {
    const bare = line.trimStart();
    if (token !== undefined) {
      if (bare.startsWith(`::${token}::`)) token = undefined;
      continue;
    }
    // The older form is obeyed anywhere in a line.
    const older = /##\[([\w-]+)([^\]]*)\](.*)/.exec(line);
    const [, name, properties, text] = /^::([\w-]+)(?: ([^:]*))?::(.*)$/.exec(bare) ?? older ?? [];
    if (name === "stop-commands") token = text;
    else if (name !== undefined) commands.push({ name, properties: (properties ?? "").trim(), text });
  }
  if (token !== undefined) throw new Error("commands are stopped, and never obeyed again");
  return commands;
}

/**
 * What a step wrote to $GITHUB_OUTPUT or $GITHUB_ENV.
 * @param {string} text lines of name=value
 * @returns {Record<string, string>}
 * @throws {Error} for a line that is something else
 */
export function assignments(text) {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`this line assigns nothing: ${line}`);
      return [name, value];
    }),
  );
}

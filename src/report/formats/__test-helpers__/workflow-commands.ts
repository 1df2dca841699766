/** A command of a workflow, as the runner of GitHub Actions takes it out of a line of output. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Names that the runner knows. Lines with other names are output. */
const KNOWN = new Set(
  "error warning notice debug group endgroup add-mask add-matcher remove-matcher stop-commands echo set-output set-env add-path save-state".split(
    " ",
  ),
);

/** The commands in some output, line by line, with the rules of the runner: spaces before a command do not matter. */
export function workflowCommands(output: string): WorkflowCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => newForm(line) ?? oldForm(line) ?? []);
}

/** `::name key=value,key=value::data` */
function newForm(line: string): WorkflowCommand | undefined {
  const [, info, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? [];
  if (info === undefined) return undefined;
  const name = info.split(" ", 1)[0];
  if (!KNOWN.has(name.toLowerCase())) return undefined;
  return { name, properties: propertiesOf(info.slice(name.length), ","), data: unescaped(data, "") };
}

/** `##[name key=value;key=value]data`, anywhere in a line */
function oldForm(line: string): WorkflowCommand | undefined {
  const [, info, data] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  if (info === undefined) return undefined;
  const name = info.split(" ", 1)[0];
  if (!KNOWN.has(name.toLowerCase())) return undefined;
  return { name, properties: propertiesOf(info.slice(name.length), ";"), data: unescaped(data, ";]") };
}

function propertiesOf(text: string, separator: "," | ";"): Record<string, string> {
  const pairs = text.trim().split(separator).filter(Boolean);
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const at = pair.indexOf("=");
      return at < 1
        ? []
        : [[pair.slice(0, at), unescaped(pair.slice(at + 1), separator === "," ? ":," : ";]")]];
    }),
  );
}

/** The percent sign last, or what it is part of would be unescaped twice. */
function unescaped(text: string, others: string): string {
  return ["\r", "\n", ...others, "%"].reduce(
    (rest, character) =>
      rest.replaceAll(`%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`, character),
    text,
  );
}

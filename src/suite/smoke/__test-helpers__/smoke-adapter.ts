import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../../package-info.js";

const EXAMPLE = pathToFileURL(join(packageRoot(), "adapters", "javascript", "rmsprop-adapter.mjs")).href;

/** Adapters for tests: scripts around the example in JavaScript, in a folder of their own. */
export class SmokeAdapters {
  private readonly folder = mkdtempSync(join(tmpdir(), "rmsprop-smoke-"));
  private count = 0;

  /**
   * The command of an adapter.
   * @param body has `answer`, `encodeTensor`, `HELLO`, `RMSprop` and `serve` of the example, and `mapTensors`
   */
  command(body: string): [string, ...string[]] {
    return [process.execPath, this.file(`adapter-${this.count++}.mjs`, `${HEAD}\n${body}\n`)];
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const HEAD = `
import { appendFileSync, writeSync } from "node:fs";
import process from "node:process";
import { answer, encodeTensor, HELLO, RMSprop, serve } from ${JSON.stringify(EXAMPLE)};

/** The reply with every observed parameter changed. */
function mapTensors(reply, change) {
  for (const { observations = [] } of reply.results ?? []) {
    for (const entry of observations.flatMap(({ parameters }) => parameters)) {
      entry.parameter = change(entry.parameter);
    }
  }
  return reply;
}
`;

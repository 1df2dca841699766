import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterEach, describe, expect, it } from "vitest";
import { lives } from "./__test-helpers__/faulty-adapter.js";
import { AdapterFault } from "./adapter-fault.js";
import { AdapterProcess, type AdapterProcessOptions } from "./adapter-process.js";
import { STDERR_TAIL } from "./stderr-tail.js";

/** Long enough for anything that happens at all, however loaded the machine is. */
const LONG = 60_000;

const started: AdapterProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.kill()));
});

/** Start a Node script. */
async function start(script: string, options: AdapterProcessOptions = {}): Promise<AdapterProcess> {
  const child = await AdapterProcess.start([process.execPath, "--input-type=module", "-e", script], options);
  started.push(child);
  return child;
}

/** Statements that carry out others for each line that comes, in scope as `line`. */
const onLine = (statements: string): string =>
  `import { spawn } from "node:child_process";
   import fs from "node:fs";
   import { createInterface } from "node:readline";
   createInterface({ input: process.stdin }).on("line", (line) => { ${statements} });`;
const ECHO = onLine("console.log(line);");
const SILENT = "setInterval(() => {}, 1000);";

/** The fault in place of the next answer. */
async function faultOf(process: AdapterProcess, budget = LONG): Promise<AdapterFault> {
  try {
    const line = await process.receive(budget);
    throw new Error(`no fault, but the line ${line}`);
  } catch (error) {
    expect(error).toBeInstanceOf(AdapterFault);
    return error as AdapterFault;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (lives(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("AdapterProcess", () => {
  it("gives the answers in order, and ends when its input does", async () => {
    const echo = await start(ECHO);
    for (const line of ["a", "b", "ü"]) echo.send(line);
    for (const line of ["a", "b", "ü"]) expect(await echo.receive(LONG)).toBe(line);
    echo.endInput();
    expect(await echo.exited(LONG)).toEqual({ code: 0, signal: null });
    expect(echo.fault).toBeUndefined();
  });

  it("inherits folder and environment", async () => {
    const child = await start(onLine("console.log(process.cwd() + process.env.PATH);"));
    child.send("");
    expect(await child.receive(LONG)).toBe(process.cwd() + process.env.PATH);
  });

  it("says that it lives, when it does", async () => {
    const silent = await start(SILENT);
    expect(await silent.exited(1)).toBeUndefined();
    await silent.kill();
    expect(await silent.exited(LONG)).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("carries lines of megabytes", async () => {
    const echo = await start(ECHO);
    const line = "0123456789abcdef".repeat(2 ** 18);
    echo.send(line);
    expect((await echo.receive(LONG)) === line).toBe(true);
  });

  it.each([
    [
      "there is no program",
      "/no/such/program",
      /^cannot start "\/no\/such\/program": no such program \(ENOENT\)/,
    ],
    ["it may not be executed", fileURLToPath(import.meta.url), /: it may not be executed \(EACCES\)/],
    ["its name has a zero byte", "a\0b", /^cannot start "a\\u0000b": /],
  ])("cannot be started when %s", async (_, file, message) => {
    const refused = AdapterProcess.start([file]);
    await expect(refused).rejects.toThrow(AdapterFault);
    await expect(refused).rejects.toThrow(message);
  });

  describe("crash", () => {
    it.each([
      ["process.exit(3)", "the process ended with status 3"],
      ["process.exit(0)", "the process ended with status 0 without an answer"],
      ['process.kill(process.pid, "SIGSEGV")', "the process was killed by SIGSEGV"],
      [
        'process.stdout.write("{", () => process.exit(1))',
        "the process ended with status 1 in the middle of a line",
      ],
    ])("%s", async (statement, message) => {
      const child = await start(onLine(`console.error("last words"); ${statement};`));
      child.send("x");
      const fault = await faultOf(child);
      expect(fault).toMatchObject({ verdict: "crash", message, stderr: "last words\n", subject: "request" });
      expect(await faultOf(child)).toBe(fault);
    });

    it("comes after the answers before it", async () => {
      const child = await start(onLine('console.log(line); if (line === "b") process.exit(1);'));
      for (const line of ["a", "b", "c"]) child.send(line);
      await child.exited(LONG);
      expect(await child.receive(LONG)).toBe("a");
      expect(await child.receive(LONG)).toBe("b");
      expect((await faultOf(child)).verdict).toBe("crash");
    });

    it("when nothing was asked is known without asking", async () => {
      const child = await start("process.exit(0)");
      await child.exited(LONG);
      expect(child.fault).toMatchObject({
        verdict: "crash",
        message: "the process exited unexpectedly (status 0)",
        subject: "nothing",
      });
      child.send("x");
      expect(await faultOf(child)).toBe(child.fault);
    });

    it("is seen when something else holds the output open", async () => {
      const child = await start(
        onLine(`const other = spawn(process.execPath, ["-e", ${JSON.stringify(SILENT)}], {
          stdio: ["ignore", "inherit", "ignore"],
          detached: true,
        });
        fs.writeSync(2, String(other.pid));
        process.exit(7);`),
      );
      child.send("x");
      const { message, stderr } = await faultOf(child);
      // It is in no group of ours.
      process.kill(Number(stderr), "SIGKILL");
      expect(message).toBe("the process ended with status 7");
    });
  });

  describe("timeout", () => {
    it("ends the process", async () => {
      const silent = await start(SILENT);
      silent.send("x");
      const fault = await faultOf(silent, 500);
      expect(fault).toMatchObject({ verdict: "timeout", message: "the process did not answer within 0.5 s" });
      expect(await silent.exited(LONG)).toEqual({ code: null, signal: "SIGKILL" });
    });

    it("is not what it is called when this process was busy for longer than the budget", async () => {
      const echo = await start(ECHO);
      echo.send("awake");
      await echo.receive(LONG);
      echo.send("x");
      const answer = echo.receive(2000);
      const until = performance.now() + 4000;
      while (performance.now() < until);
      expect(await answer).toBe("x");
    });
  });

  describe("protocol-error", () => {
    it("a line that is cut off", async () => {
      const child = await start(onLine('process.stdout.write("{\\"id\\":", () => process.exit(0));'));
      child.send("x");
      expect(await faultOf(child)).toMatchObject({
        verdict: "protocol-error",
        message: 'a line is cut off: the process ended within it; it begins "{"id":"',
      });
    });

    it("a line that is not UTF-8", async () => {
      const child = await start(onLine("process.stdout.write(Buffer.from([0x7b, 0xff, 0x0a]));"));
      child.send("x");
      expect(await faultOf(child)).toMatchObject({
        verdict: "protocol-error",
        message: 'a line is not UTF-8; it begins "{\\ufffd"',
      });
    });

    it("a second answer", async () => {
      const child = await start(onLine('process.stdout.write("one\\ntwo\\n");'));
      child.send("x");
      expect(await child.receive(LONG)).toBe("one");
      expect(await faultOf(child)).toMatchObject({
        verdict: "protocol-error",
        message: 'an unexpected line, after all requests had been answered: "two"',
        subject: "nothing",
      });
      expect(await child.exited(LONG)).toBeDefined();
    });

    it("a closed output", async () => {
      const child = await start(onLine("fs.closeSync(1);") + SILENT);
      child.send("x");
      expect(await faultOf(child)).toMatchObject({
        verdict: "protocol-error",
        message: "the process closed its standard output but kept running, so no further answer can arrive",
      });
    });

    it("a flood without an end of line, of which no more than the limit is held", async () => {
      const before = process.memoryUsage().arrayBuffers;
      const child = await start(
        onLine("const much = Buffer.alloc(2 ** 20, 97); for (;;) fs.writeSync(1, much);"),
        { lineLimit: 2 ** 20 },
      );
      child.send("x");
      expect(await faultOf(child)).toMatchObject({
        verdict: "protocol-error",
        message: `a line is longer than an answer may be; it begins "${"a".repeat(200)}"…`,
      });
      await child.exited(LONG);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
    });

    it("a flood of lines, of which no more than were asked for are held", async () => {
      const child = await start(
        'import fs from "node:fs"; const much = Buffer.from("x\\n".repeat(2 ** 16)); for (;;) fs.writeSync(1, much);',
      );
      child.send("a");
      child.send("b");
      expect(await child.receive(LONG)).toBe("x");
      expect(await child.receive(LONG)).toBe("x");
      expect((await faultOf(child)).subject).toBe("nothing");
      expect(await child.exited(LONG)).toBeDefined();
    });
  });

  it("drains standard error and keeps its end", async () => {
    let written = 0;
    const child = await start(
      onLine(`const text = "0123456789abcde\\n".repeat(2 ** 16);
        for (let k = 0; k < 32; k++) fs.writeSync(2, text);
        fs.writeSync(2, "the end\\n");
        console.log("done");`),
      {
        onStderr: (text) => {
          written += text.length;
        },
      },
    );
    child.send("x");
    expect(await child.receive(LONG)).toBe("done");
    child.endInput();
    await child.exited(LONG);
    expect(written).toBe(2 ** 25 + 8);
    expect(child.stderr).toHaveLength(STDERR_TAIL);
    expect(child.stderr.endsWith("\nthe end\n")).toBe(true);
  });

  it("does not mind lines for a process that does not read them or is gone", async () => {
    const child = await start("process.stdin.destroy(); setTimeout(() => process.exit(5), 300);");
    for (let k = 0; k < 100; k++) child.send("x".repeat(2 ** 16));
    expect((await faultOf(child)).message).toBe("the process ended with status 5");
    child.send("late");
    child.endInput("later");
    await child.kill();
    await child.kill();
  });

  describe.skipIf(process.platform === "win32")("what it has started", () => {
    const PARENT = `import { spawn } from "node:child_process";
      import { createInterface } from "node:readline";
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(SILENT)}], { stdio: "ignore" });
      createInterface({ input: process.stdin }).on("line", (line) => {
        if (line === "exit") process.exit(1);
        console.log(child.pid);
      });`;

    it.each(["kill", "exit"])("ends with it: %s", async (how) => {
      const parent = await start(PARENT);
      parent.send("pid");
      const pid = Number(await parent.receive(LONG));
      expect(lives(pid)).toBe(true);
      if (how === "kill") await parent.kill();
      else parent.send("exit");
      await untilGone(pid);
      await untilGone(parent.pid);
    });

    it("ends when this process exits", async () => {
      const folder = mkdtempSync(join(tmpdir(), "rmsprop-exit-"));
      try {
        // The sources as JavaScript: the process that exits must not be the one that runs the tests.
        const sources = fileURLToPath(new URL(".", import.meta.url));
        mkdirSync(join(folder, "child"));
        writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
        for (const name of readdirSync(sources).filter((each) => /^[^.]+\.ts$/.test(each))) {
          const { outputText } = ts.transpileModule(readFileSync(join(sources, name), "utf8"), {
            compilerOptions: {
              module: ts.ModuleKind.ESNext,
              target: ts.ScriptTarget.ES2022,
              verbatimModuleSyntax: true,
            },
          });
          writeFileSync(join(folder, "child", name.replace(/ts$/, "js")), outputText);
        }
        const script = `import { AdapterProcess } from "./child/adapter-process.js";
          const child = await AdapterProcess.start([process.execPath, "--input-type=module", "-e", ${JSON.stringify(PARENT)}]);
          child.send("pid");
          const pid = await child.receive(${LONG});
          process.on("SIGINT", () => process.exit(130));
          console.log(child.pid + " " + pid);`;
        writeFileSync(join(folder, "main.js"), script);
        const main = spawn(process.execPath, [join(folder, "main.js")]);
        const output: string = await new Promise((resolve) => {
          main.stdout.once("data", (chunk) => resolve(String(chunk)));
        });
        const pids = output.split(" ").map(Number);
        expect(pids.map(lives)).toEqual([true, true]);
        const status = new Promise((resolve) => main.once("exit", resolve));
        main.kill("SIGINT");
        expect(await status).toBe(130);
        for (const pid of pids) await untilGone(pid);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});

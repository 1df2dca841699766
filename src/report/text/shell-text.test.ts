import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellText } from "./shell-text.js";

describe("shellText", () => {
  it("leaves plain words alone", () => {
    expect(shellText(["node", "./a/b-c.mjs", "--x=1,2"])).toBe("node ./a/b-c.mjs --x=1,2");
  });

  it.runIf(process.platform !== "win32")("is read by a shell as the words that it was given", () => {
    const words = ["a b", "it's", "", "$HOME", "`x`", "é", '"', "\\", "*", "a\nb", "-", "#"];
    const print = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const command = shellText([process.execPath, "-e", print, "--", ...words]);
    expect(JSON.parse(execFileSync("sh", ["-c", command], { encoding: "utf8" }))).toEqual(words);
  });
});

import { describe, expect, it } from "vitest";
import { canBothHold, holds } from "./when.js";

const here = { os: "linux", arch: "x64", profile: "ci" };

describe("holds", () => {
  it.each([
    [{}, true],
    [{ os: ["linux"] }, true],
    [{ os: ["darwin", "linux"], profile: ["ci"] }, true],
    [{ os: ["darwin"] }, false],
    [{ os: ["linux"], arch: ["arm64"] }, false],
    [{ profile: ["smoke", "nightly"] }, false],
  ])("%j", (when, expected) => {
    expect(holds(when, here)).toBe(expected);
  });
});

describe("canBothHold", () => {
  it.each([
    [{}, {}, true],
    [{ os: ["linux"] }, {}, true],
    [{ os: ["linux"] }, { arch: ["x64"] }, true],
    [{ os: ["linux", "darwin"] }, { os: ["darwin"] }, true],
    [{ os: ["linux"] }, { os: ["darwin"] }, false],
    [{ os: ["linux"], arch: ["x64"] }, { os: ["linux"], arch: ["arm64"] }, false],
  ])("%j and %j", (a, b, expected) => {
    expect(canBothHold(a, b)).toBe(expected);
    expect(canBothHold(b, a)).toBe(expected);
  });
});

import { expect, test } from "vitest";
import { ProgramError } from "./program-error.js";

test("the error has a name of its own, and says source and place", () => {
  const error = new ProgramError("f.json", "operations[2]", "it is wrong");
  expect(String(error)).toBe("ProgramError: f.json: operations[2]: it is wrong");
  expect(String(new ProgramError("f.json", "", "it is wrong"))).toBe("ProgramError: f.json: it is wrong");
  expect(error).toMatchObject({ source: "f.json", path: "operations[2]", problem: "it is wrong" });
});

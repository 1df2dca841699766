import { expect, test } from "vitest";
import { OccupiedMemory } from "./occupied-memory.js";

test("tells arrays that share bytes from arrays that share only a buffer", () => {
  const buffer = new ArrayBuffer(64);
  const at = (element: number, length: number) => new Float32Array(buffer, 4 * element, length);
  const memory = new OccupiedMemory();
  expect(memory.claim("late", at(10, 2))).toBeUndefined();
  expect(memory.claim("early", at(0, 4))).toBeUndefined();
  expect(memory.claim("middle", at(4, 3))).toBeUndefined();
  expect(memory.claim("elsewhere", new Float32Array(16))).toBeUndefined();

  expect(memory.overlapping(at(7, 3))).toBeUndefined();
  expect(memory.overlapping(at(12, 4))).toBeUndefined();
  expect(memory.claim("empty", at(13, 0))).toBeUndefined();
  expect(memory.overlapping(at(12, 4))).toBeUndefined();
  expect(memory.overlapping(at(3, 0))).toBeUndefined();
  expect(memory.overlapping(at(7, 4))).toBe("late");
  expect(memory.overlapping(at(3, 1))).toBe("early");
  expect(memory.overlapping(at(0, 16))).toBe("early");
  expect(memory.overlapping(at(6, 9))).toBe("middle");
  expect(memory.claim("again", at(5, 1))).toBe("middle");
});

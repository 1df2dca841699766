import { z } from "zod";
import { decodeWire, parseJson } from "./decode.js";
import { type Program, programCodec } from "./program.js";
import { validateProgram } from "./validate.js";

/**
 * A program from its JSON text, checked in form and in meaning.
 * @param source what errors call it
 * @throws {ProgramError}
 */
export function parseProgram(text: string, source: string): Program {
  return decodeProgram(parseJson(text, source), source);
}

/**
 * A program from its wire form, checked in form and in meaning.
 * @throws {ProgramError}
 */
export function decodeProgram(wire: unknown, source: string): Program {
  const program = decodeWire(programCodec, wire, source);
  validateProgram(program, source);
  return program;
}

/** The wire form of a program: plain JSON values, bit-exact. */
export function encodeProgram(program: Program): z.input<typeof programCodec> {
  return z.encode(programCodec, program);
}

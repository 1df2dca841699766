import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { built, changed, scalar, trainingModel } from "../__test-helpers__/models.js";
import { openSession } from "../runtime/session.js";
import { loadModel, parseModel } from "./load-model.js";
import { EXTERNAL, type Model } from "./model.js";
import { encodeModel } from "./model-codec.js";

const bytes = encodeModel(built());
const withChange = (change: (model: Model) => void) => encodeModel(changed(built(), change));

describe("bytes that are no usable model are refused", () => {
  test.each([
    ["nothing", new Uint8Array(), /no IR version or no graph/],
    ["text", Buffer.from("not a model\n"), /not an ONNX model/],
    ["the first half of a model", bytes.slice(0, bytes.length / 2), /only a part of one/],
    [
      "an IR version to come",
      withChange((model) => {
        model.irVersion = 14;
      }),
      /IR version 14; 1 to 13/,
    ],
    [
      "an opset to come",
      withChange((model) => {
        model.opsetImport[0].version = 27;
      }),
      /opset 27; 1 to 26/,
    ],
    [
      "no operators of ONNX's own",
      withChange((model) => {
        model.opsetImport[0].domain = "ai.onnx.ml";
      }),
      /imported are: ai\.onnx\.ml/,
    ],
  ] as const)("%s", (_, given, problem) => {
    expect(() => parseModel(given, "model.onnx")).toThrow(problem);
    expect(() => parseModel(given, "model.onnx")).toThrow(/^model\.onnx: /);
  });

  test("every beginning of a model", () => {
    for (let length = 0; length < bytes.length; length++) {
      let refused: unknown;
      try {
        parseModel(bytes.slice(0, length), "cut");
      } catch (error) {
        refused = error;
      }
      // What is cut off behind the graph may only have been metadata.
      if (refused === undefined) expect(length).toBeGreaterThan(bytes.length / 2);
      else expect(refused).toMatchObject({ name: "ModelError", source: "cut" });
    }
  });
});

describe("data outside the model", () => {
  let folder: string;
  beforeAll(() => {
    const outer = mkdtempSync(join(tmpdir(), "rmsprop-external-"));
    folder = join(outer, "model");
    mkdirSync(folder);
    writeFileSync(join(outer, "secret.bin"), scalar("half", 0.5).rawData);
    writeFileSync(join(folder, "data.bin"), Buffer.concat([Buffer.alloc(8), scalar("half", 0.5).rawData]));
    symlinkSync(join(outer, "secret.bin"), join(folder, "link.bin"));
  });
  afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

  function external(entries: Readonly<Record<string, string>>): string {
    const model = changed(trainingModel(), ({ graph }) => {
      const [half] = graph.initializer ?? [];
      half.rawData = new Uint8Array();
      half.dataLocation = EXTERNAL;
      half.externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    });
    const file = join(folder, "model.onnx");
    writeFileSync(file, encodeModel(model));
    return file;
  }

  test("in its folder is read into it, and the model runs from memory", async () => {
    const { bytes: whole, model } = loadModel(external({ location: "data.bin", offset: "8", length: "4" }));
    expect(model.graph.initializer?.[0].rawData).toEqual(scalar("half", 0.5).rawData);
    const session = await openSession(whole, "inlined");
    expect(session.inputs).toContain("batch.x");
    await session.release();
  });

  test.each([
    [{}, /does not say in which file/],
    [{ location: "absent.bin" }, /there is no such file/],
    [{ location: "/etc/passwd" }, /absolute path/],
    [{ location: "C:\\data.bin" }, /absolute path/],
    [{ location: "../secret.bin" }, /not in the model's own folder/],
    [{ location: "link.bin" }, /not in the model's own folder/],
    [{ location: "." }, /not in the model's own folder/],
    [{ location: "data.bin", offset: "8", length: "5" }, /has 12 bytes: too few for 5 from byte 8 on/],
    [{ location: "data.bin", offset: "-1" }, /no count of bytes/],
  ] as const)("%j is refused", (entries, problem) => {
    expect(() => loadModel(external(entries))).toThrow(problem);
  });

  test("is refused where there is no folder", () => {
    const { model } = parseModel(encodeModel(trainingModel()), "memory");
    const outside = encodeModel(
      changed(model, ({ graph }) => {
        const [half] = graph.initializer ?? [];
        half.dataLocation = EXTERNAL;
        half.externalData = [{ key: "location", value: "data.bin" }];
      }),
    );
    expect(() => parseModel(outside, "memory")).toThrow(/not read from a file/);
  });
});

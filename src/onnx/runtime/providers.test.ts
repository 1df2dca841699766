import { describe, expect, test } from "vitest";
import { built } from "../__test-helpers__/models.js";
import { encodeModel } from "../model/model-codec.js";
import { PROVIDERS, ProviderUnavailable, providerStatus } from "./providers.js";
import { openSession } from "./session.js";

test("the processor is always there", async () => {
  expect(await providerStatus("cpu")).toEqual({ available: true });
});

describe.each(PROVIDERS)("provider %s", (provider) => {
  test("runs a graph, or says why not and how to get it, and never falls back to another", async () => {
    const status = await providerStatus(provider);
    if (status.available) return;
    expect(status.reason).not.toBe("");
    expect(status.remedy).toMatch(/^It needs .*(GPU|driver)/);
    // Where the driver is broken, trying it here could end this process: only what is a missing library is tried.
    if (!/shared library/.test(status.reason)) return;
    const opened = openSession(encodeModel(built()), "built", { provider });
    await expect(opened).rejects.toThrow(ProviderUnavailable);
    await expect(opened).rejects.toMatchObject({ provider, remedy: status.remedy });
  });
});

test("a model that the runtime refuses is the model's fault", async () => {
  const wrong = built();
  for (const node of wrong.graph.node) if (node.opType === "Sqrt") node.opType = "SquareRoot";
  await expect(openSession(encodeModel(wrong), "wrong.onnx")).rejects.toThrow(
    /^wrong\.onnx: ONNX Runtime refuses it: .*SquareRoot/s,
  );
});

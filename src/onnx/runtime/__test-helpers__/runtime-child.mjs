// Opens and runs models that a test sends, one JSON line each, and answers with a line: a runtime that crashes takes
// this process along, and not the test.
import { createInterface } from "node:readline";
import ort from "onnxruntime-node";

ort.env.logLevel = "fatal";
/** More elements than this are no test of the runtime but of the memory. */
const MOST_ELEMENTS = 1 << 20;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await outcomeOf(Buffer.from(line, "base64")))}\n`);
}

async function outcomeOf(model) {
  let session;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    return { outcome: "refused", message: error.message };
  }
  try {
    await session.run(feedsOf(session));
    return { outcome: "ran" };
  } catch (error) {
    return { outcome: "failed", message: error.message };
  } finally {
    await session.release();
  }
}

function feedsOf({ inputMetadata }) {
  return Object.fromEntries(
    inputMetadata.map(({ name, type, shape }) => {
      const dims = shape.map((extent) => (typeof extent === "number" ? extent : 2));
      const length = dims.reduce((product, extent) => product * extent, 1);
      if (length > MOST_ELEMENTS) throw new Error(`${name} has ${length} elements`);
      const values = type === "int64" ? new BigInt64Array(length) : new Float32Array(length).fill(0.5);
      return [name, new ort.Tensor(type, values, dims)];
    }),
  );
}

// The child process in which training graphs run: a runtime that aborts ends this process and no other.
import { iterateGraph } from "./iterate-graph.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

process.on("message", async ({ id, request }: ToWorker) => {
  const send = (message: FromWorker) => process.send?.(message);
  try {
    for await (const outputs of iterateGraph(request)) send({ id, outputs });
    send({ id, done: true });
  } catch (error) {
    send({ id, failed: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => process.exit());

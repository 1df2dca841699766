// The bundled implementation as a child process: what an adapter in JavaScript looks like that leaves the protocol to
// the package. The argument is the name of an evaluation; fused if left out.
import { bundledAdapter, serveStdio } from "rmsprop-conformance";
import { PINNED_EVALUATIONS } from "rmsprop-conformance/spec";

const [evaluation = "fused"] = process.argv.slice(2);
if (!Object.hasOwn(PINNED_EVALUATIONS, evaluation)) {
  console.error(`unknown evaluation "${evaluation}"; known: ${Object.keys(PINNED_EVALUATIONS).join(", ")}`);
  process.exit(2);
}
await serveStdio(bundledAdapter(evaluation));

import { serveStdio } from "../../adapter/stdio-server.js";
import { onnxAdapter } from "./onnx-adapter.js";
import { type ServeOptions, updateSource } from "./serve-options.js";

// Answers the adapter protocol with ONNX graphs: what `graphProcess` starts. The argument is JSON.
const options = JSON.parse(process.argv[2]) as ServeOptions;
await serveStdio(onnxAdapter(updateSource(options), options));

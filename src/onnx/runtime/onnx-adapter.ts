import { dialectById } from "../../../spec/dialects.js";
import type { Adapter } from "../../adapter/adapter.js";
import { InProcessAdapter } from "../../adapter/in-process.js";
import { offeredDialect } from "../../adapter/offered-dialect.js";
import { packageVersion } from "../../package-info.js";
import type { UpdateGraph } from "../update/update-graph.js";
import type { UpdateSource } from "../update/update-source.js";
import { OnnxOptimizer, type SessionOf } from "./onnx-optimizer.js";
import { type OnnxSession, openSession, type SessionOptions } from "./session.js";

/**
 * Graphs as the thing under test, in this process: a runtime that crashes takes it along. `graphProcess` is the same in
 * a process of its own.
 */
export function onnxAdapter(source: UpdateSource, options: SessionOptions): Adapter {
  const { name, dialects, capabilities, reference } = source;
  const sessionOf = sessionCache(options);
  const { provider = "cpu" } = options;
  return new InProcessAdapter(
    {
      implementation: { name: `${name} on ${provider}`, version: packageVersion(), language: "ONNX" },
      dialects: [...dialects],
      capabilities: [...capabilities],
      ...(reference && { float32: { reference } }),
    },
    {
      create: (id, groups) => {
        const dialect = offeredDialect(dialectById(id), capabilities);
        return new OnnxOptimizer(dialect, source, sessionOf, groups);
      },
    },
  );
}

/** One session for each graph, opened when it is first needed. */
function sessionCache(options: SessionOptions): SessionOf {
  const sessions = new Map<UpdateGraph, Promise<OnnxSession>>();
  return (graph) => {
    let session = sessions.get(graph);
    if (!session) {
      session = openSession(graph.model, graph.source, options);
      sessions.set(graph, session);
    }
    return session;
  };
}

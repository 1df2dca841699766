// One mutant or benign variant of the trial, by its id, over standard input and output.
import { adapterOf } from "../dist/properties/mutants/variant.js";
import { serveStdio } from "../dist/src/adapter/stdio-server.js";
import { subjectById } from "../dist/src/trial/subjects.js";

await serveStdio(adapterOf(subjectById(process.argv[2]).variant));

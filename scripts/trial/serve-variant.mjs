// One mutant or benign variant of the trial, by its id, over standard input and output.

import { subjectById } from "../../dist/scripts/trial/subject-list.js";
import { adapterOf } from "../../dist/scripts/trial/subjects/variant.js";
import { serveStdio } from "../../dist/src/adapter/stdio-server.js";

await serveStdio(adapterOf(subjectById(process.argv[2]).variant));

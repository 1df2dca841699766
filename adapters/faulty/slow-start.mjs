// Needs three seconds before it introduces itself. Nothing is wrong with that.

import { serve } from "../javascript/rmsprop-adapter.mjs";
import { wait } from "./support/wait.mjs";

wait(3000);
await serve();

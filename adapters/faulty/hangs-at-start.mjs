// Does not even introduce itself.

import { hang } from "./support/wait.mjs";

hang();

// Node: `node script.js baseline` prints the answer. Without top-level await, so that it is also a CommonJS script.
import type { Simd } from "../smoke.js";
import { answer } from "./answer.js";

answer(process.argv[2] as Simd).then((given) => console.log(JSON.stringify(given)));

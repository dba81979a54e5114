// Node and its kin: `node droppedInScript.js 1` prints what dropping one tensor at a time takes.
import { peakOf } from "./dropped.js";

console.log(JSON.stringify(await peakOf({ tensors: Number(process.argv[2]) })));

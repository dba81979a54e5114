// All groups, in the order they run.
import type { Suite } from "../suite.js";
import { conv } from "./conv.js";
import { elementwise } from "./elementwise.js";
import { gemm } from "./gemm.js";
import { optimizer } from "./optimizer.js";
import { small } from "./small.js";
import { training } from "./training.js";

export const suites: readonly Suite[] = [gemm, conv, elementwise, small, optimizer, training];

// This library, as built in the root of the project. The variant is the kernel build: relaxed or baseline.
import { init, runtime } from "../../../../dist/index.js";
import { convolutions } from "./conv.mjs";
import { elementwise } from "./elementwise.mjs";
import { int8, matmul } from "./matmul.mjs";
import { train } from "./training.mjs";

/** @type {import("../contract.mjs").Open} */
export async function open(variant) {
  await init({ simd: variant });
  return {
    version: runtime().version,
    works: { matmul, int8, ...convolutions, ...elementwise, train },
    read: (out) => out.toTypedArray(),
    free: (out) => out.dispose(),
  };
}

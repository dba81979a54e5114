// This library, as built in a checkout of the project. The variant is the kernel build: relaxed or baseline.
import { execFileSync } from "node:child_process";
import { convolutions } from "./conv.mjs";
import { elementwise } from "./elementwise.mjs";
import { load, simdgrad } from "./library.mjs";
import { int8, matmul } from "./matmul.mjs";
import { recurrent } from "./recurrent.mjs";
import { small } from "./small.mjs";
import { tensors } from "./tensors.mjs";
import { train } from "./training.mjs";

/** The version of the package and, in a repository, the commit, because versions change rarely. */
function versionOf(checkout) {
  const { version } = simdgrad.runtime();
  try {
    const describe = ["--no-optional-locks", "describe", "--always", "--dirty"];
    return `${version} (${execFileSync("git", describe, { cwd: checkout, encoding: "utf8", stdio: "pipe" }).trim()})`;
  } catch {
    return version;
  }
}

/** @type {import("../contract.mjs").Open} */
export async function open(variant, checkout) {
  await load(checkout);
  await simdgrad.init({ simd: variant });
  return {
    version: versionOf(checkout),
    works: { matmul, int8, ...convolutions, ...elementwise, ...tensors, ...small, ...recurrent, train },
    read: (out) => out.toTypedArray(),
    free: (out) => out.dispose(),
  };
}

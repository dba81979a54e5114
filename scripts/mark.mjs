// A mark in a build of the kernels: which build it is, and of which version of the kernels. `src/wasm/givenKernels.ts` reads it.
import { createHash } from "node:crypto";

const SECTION = "simdgrad";
const LENGTH = 12;

/**
 * Tells one version of the kernels from another.
 * @param {Uint8Array[]} modules
 */
export function fingerprintOf(modules) {
  const hash = createHash("sha256");
  for (const module of modules) hash.update(module);
  return hash.digest("hex").slice(0, LENGTH);
}

/**
 * A module with a custom section behind all others: `simdgrad`, `relaxed 0123456789ab`.
 * @param {Uint8Array} module
 * @param {string} build
 * @param {string} fingerprint
 */
export function marked(module, build, fingerprint) {
  const name = Buffer.from(SECTION);
  const body = Buffer.concat([Buffer.of(name.length), name, Buffer.from(`${build} ${fingerprint}`)]);
  return Buffer.concat([module, Buffer.of(0, body.length), body]);
}

/**
 * The fingerprint in a module's mark.
 * @param {Buffer} module
 */
export const fingerprintIn = (module) => module.toString("latin1", module.length - LENGTH);

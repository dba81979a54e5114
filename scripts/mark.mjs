// A mark in each build of the kernels, which names the build and the version of the kernels. `src/wasm/givenKernels.ts` reads it.
import { createHash } from "node:crypto";

const SECTION = "simdgrad";
const LENGTH = 12;

/**
 * A fingerprint of the modules of both builds, which distinguishes versions of the kernels.
 * @param {Uint8Array[]} modules
 */
export function fingerprintOf(modules) {
  const hash = createHash("sha256");
  for (const module of modules) hash.update(module);
  return hash.digest("hex").slice(0, LENGTH);
}

/**
 * Appends a custom section to a module: `simdgrad`, `relaxed 0123456789ab`.
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
 * The fingerprint in the mark of a module.
 * @param {Buffer} module
 */
export function fingerprintIn(module) {
  const text = module.toString("latin1", module.length - LENGTH);
  if (!/^[0-9a-f]+$/.test(text)) throw new Error("scripts/mark.mjs: a build of the kernels has no mark; remove build/ and build again");
  return text;
}

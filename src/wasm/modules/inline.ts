// Kernels carried as text inside the script: works wherever code can be compiled at run time, with no file to find.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { baseline, relaxedDelta, relaxedSize } from "../generated/hex.js";
import { applyDelta } from "./delta.js";

function decode(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  // Digits are 48 to 57, letters 97 to 102.
  const digit = (at: number): number => {
    const code = hex.charCodeAt(at);
    return code < 58 ? code - 48 : code - 87;
  };
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(2 * i) * 16 + digit(2 * i + 1);
  return bytes;
}

/** The bytes of one build. `relaxed` is carried as its difference to `baseline`. */
export function kernelBytes(build: Build): Uint8Array<ArrayBuffer> {
  const bytes = decode(baseline);
  return build === "relaxed" ? applyDelta(bytes, decode(relaxedDelta), relaxedSize) : bytes;
}

/**
 * Compiles one build of the kernels; the result is a `WebAssembly.Module`.
 * Errors: `StateError` where compiling is forbidden: a page's Content-Security-Policy, a Worker.
 */
export function compile(build: Build): object {
  try {
    return new WebAssembly.Module(kernelBytes(build));
  } catch (cause) {
    throw new StateError(
      `kernels: this runtime refuses to compile WebAssembly (${(cause as Error).message}); a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy, a Worker a bundle made with the condition "workerd"`,
      { cause },
    );
  }
}

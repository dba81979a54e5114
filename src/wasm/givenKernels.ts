// Kernels that the program passes to init({ wasm }): the package's .wasm files, wherever the program keeps them.
import { ArgError, kindOf, StateError } from "../errors.js";
import type { Build } from "./build.js";
import { fingerprint } from "./generated/fingerprint.js";

/** The part of a `Response` that is needed here. The full type belongs to the host. */
export interface WasmResponse {
  /** Whether the file arrived. */
  readonly ok: boolean;
  /** The status of HTTP, for the error message. */
  readonly status: number;
  /** The bytes of the file. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Bytes of a .wasm file, a `Response` with them, or the `WebAssembly.Module` that a bundler or a Worker makes of its import. */
export type WasmSource = ArrayBuffer | Uint8Array | WasmResponse | object;

/** Kernels that the program passed to `init`. */
export interface GivenKernels {
  readonly build: Build;
  readonly module: object;
  /** The bytes, from which a module for shared memory can be made; undefined if only the compiled module is known. */
  readonly bytes: Uint8Array | undefined;
}

/** Name of the custom section that scripts/mark.mjs adds. */
const SECTION = "simdgrad";

// These do not use instanceof, because Workers and test runners make modules and arrays in another realm.
const isModule = (source: object): boolean => kindOf(source) === "WebAssembly.Module";
const isBytes = (source: unknown): source is ArrayBuffer | Uint8Array => ["ArrayBuffer", "Uint8Array"].includes(kindOf(source));
const isResponse = (source: object): source is WasmResponse => typeof (source as WasmResponse).arrayBuffer === "function";

/** Copies the bytes, because the caller may write to its array afterwards. */
const copyOf = (bytes: ArrayBuffer | Uint8Array): Uint8Array => new Uint8Array(ArrayBuffer.isView(bytes) ? bytes : bytes.slice(0));

const FILES = "simdgrad/relaxed.wasm or simdgrad/baseline.wasm of the package in use";

/** Turns the error of a compilation into a `StateError`. */
async function compiled(module: Promise<object>): Promise<object> {
  try {
    return await module;
  } catch (cause) {
    throw new StateError(
      `init: wasm cannot be compiled here (${(cause as Error).message}); give the whole of ${FILES}, and allow a page script-src 'wasm-unsafe-eval'`,
      { cause },
    );
  }
}

const compileBytes = (bytes: Uint8Array): Promise<object> => compiled(WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>));

/** Compiles while the bytes arrive, if the server declares them as application/wasm. */
async function compileResponse(response: WasmResponse): Promise<Omit<GivenKernels, "build">> {
  if (!response.ok) throw new StateError(`init: the request for wasm gave status ${response.status}; serve ${FILES}`);
  const { headers } = response as Response;
  const streams = typeof WebAssembly.compileStreaming === "function" && headers?.get("content-type")?.startsWith("application/wasm");
  if (streams) return { module: await compiled(WebAssembly.compileStreaming(response as Response)), bytes: undefined };
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { module: await compileBytes(bytes), bytes };
}

async function compileSource(source: unknown): Promise<Omit<GivenKernels, "build">> {
  if (typeof source === "object" && source !== null) {
    if (isModule(source)) return { module: source, bytes: undefined };
    if (isBytes(source)) {
      const bytes = copyOf(source);
      return { module: await compileBytes(bytes), bytes };
    }
    if (isResponse(source)) return compileResponse(source);
  }
  const got = source === null ? "null" : typeof source;
  throw new ArgError(`init: wasm must be bytes, a Response or a WebAssembly.Module, got ${got}`);
}

/**
 * Compiles kernels that the program gives.
 * Errors: `ArgError` for anything but the kernels of this version, `StateError` if they do not arrive or do not compile.
 */
export async function readKernels(source: WasmSource | PromiseLike<WasmSource>): Promise<GivenKernels> {
  const compiled = await compileSource(isBytes(source) ? source : await source); // bytes are copied before anything waits
  const [section] = WebAssembly.Module.customSections(compiled.module as WebAssembly.Module, SECTION);
  const [build, version] = section ? new TextDecoder().decode(section).split(" ") : [];
  if (version !== fingerprint) {
    const what = section ? "of another version" : "not the kernels of this library";
    throw new ArgError(`init: wasm is ${what}; take ${FILES}`);
  }
  return { ...compiled, build: build as Build };
}

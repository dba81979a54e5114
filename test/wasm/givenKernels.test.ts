// init({ wasm }): kernels that the program brings itself, and what is no kernels.
import { readFileSync } from "node:fs";
import { ArgError, init, runtime, StateError, tensor } from "simdgrad";
import { describe, expect, test } from "vitest";
import { marked } from "../../scripts/mark.mjs";
import { run } from "./process.js";

const { simd } = runtime();
const file = (build: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(`build/${build}.wasm`));
const WASM = { "content-type": "application/wasm" };
/** (module) */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

describe("refused, and the library works on", () => {
  test.each<[string, unknown, typeof ArgError | typeof StateError, RegExp]>([
    ["null", null, ArgError, /^init: wasm must be bytes, a Response or a WebAssembly\.Module, got null/],
    ["an address", "/relaxed.wasm", ArgError, /got string/],
    ["a number", 7, ArgError, /got number/],
    ["an object", {}, ArgError, /got object/],
    ["bytes that are no WebAssembly", Uint8Array.of(1, 2, 3), StateError, /^init: wasm cannot be compiled here \(/],
    ["half a file", file("baseline").subarray(0, 50_000), StateError, /cannot be compiled here/],
    ["another module", EMPTY, ArgError, /^init: wasm is not the kernels of this library; take simdgrad\/relaxed\.wasm/],
    ["kernels of another version", marked(EMPTY, "relaxed", "0123456789ab"), ArgError, /^init: wasm is of another version/],
    ["an answer without a file", new Response("", { status: 404 }), StateError, /the request for wasm gave status 404/],
    ["an answer that only calls itself WebAssembly", new Response("no", { headers: WASM }), StateError, /cannot be compiled here/],
    ["an answer with something else", new Response("<!doctype html>"), StateError, /cannot be compiled here/],
  ])("%s", async (_, wasm, kind, message) => {
    const refused = init({ wasm: wasm as object });
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });

  test("a request that fails", async () => {
    await expect(init({ wasm: Promise.reject(new TypeError("fetch failed")) })).rejects.toThrow("fetch failed");
  });

  test("the other build than `simd` asks for, with nothing changed", async () => {
    const wasm = file("baseline");
    await expect(init({ wasm, simd: "relaxed", limitBytes: 1e6 })).rejects.toThrow(
      "init: wasm holds the baseline kernels, simd asks for relaxed",
    );
    expect(runtime().simd).toBe(simd);
  });

  test("another build than the one that runs already", async () => {
    await expect(init({ wasm: file(simd === "baseline" ? "relaxed" : "baseline") })).rejects.toThrow(
      `init: the ${simd} kernels already run`,
    );
    await init({ wasm: file(simd) });
  });
});

describe("used", () => {
  test.each([
    ["bytes", "bytes"],
    ["a buffer", "bytes.buffer"],
    ["bytes that come later", "Promise.resolve(bytes)"],
    ["a module", "new WebAssembly.Module(bytes)"],
    ["an answer", `new Response(bytes, { headers: { "content-type": "application/wasm" } })`],
    ["an answer of another type", `new Response(bytes, { headers: { "content-type": "application/octet-stream" } })`],
  ])("%s", (_, wasm) => {
    // Without another compilation: what the library would compile itself is counted.
    const lines = `
      await init({ wasm: ${wasm} });
      WebAssembly.Module = class { constructor() { throw new Error("compiled again"); } };
      console.log(runtime().simd, sum());`;
    expect(run(lines)).toEqual({ stdout: "baseline 2 3", stderr: "" });
  });

  test("bytes also for threads; they may be written to meanwhile", () => {
    const lines = `
      const ready = init({ wasm: bytes });
      bytes.fill(0);
      await ready;
      console.log(await setThreads(2), sum(), ones([300, 300]).matmul(ones([300, 300])).sum().item());
      await setThreads(1);`;
    expect(run(lines)).toEqual({ stdout: "2 2 3 27000000", stderr: "" });
  });

  test("a compiled module cannot have threads, and says so", () => {
    const { stdout, stderr } = run(`await init({ wasm: new WebAssembly.Module(bytes) }); console.log(await setThreads(2), sum());`);
    expect(stdout).toBe("1 2 3");
    expect(stderr).toBe(
      "simdgrad: runs on one thread: kernels that came compiled, as on Cloudflare Workers, have a memory that cannot be shared",
    );
  });
});

describe("ahead of time", () => {
  test("an operation before init is done compiles at once, with the same build", () => {
    const lines = `
      const ready = init({ simd: "baseline" });
      console.log(sum());
      await ready;
      console.log(runtime().simd, sum());`;
    expect(run(lines)).toEqual({ stdout: "2 3\nbaseline 2 3", stderr: "" });
  });

  test("of two that ask for different builds at once the one that is done first decides, and the other says so", () => {
    const lines = `
      const builds = ["baseline", "relaxed"];
      const asked = await Promise.allSettled(builds.map((simd) => init({ simd })));
      const kept = asked.filter(({ status }) => status === "fulfilled").length;
      const said = asked.find(({ status }) => status === "rejected").reason.message;
      const { simd } = runtime();
      console.log(kept, asked[builds.indexOf(simd)].status, said.startsWith(\`init: the \${simd} kernels already run\`), sum());`;
    expect(run(lines)).toEqual({ stdout: "1 fulfilled true 2 3", stderr: "" });
  });

  test("the main thread does not compile", () => {
    const lines = `
      const { Module } = WebAssembly;
      WebAssembly.Module = function (bytes) { if (bytes.length > 10_000) throw new Error("compiled here"); return new Module(bytes); };
      WebAssembly.Module.prototype = Module.prototype;
      await init({ simd: "baseline" });
      console.log(sum());`;
    expect(run(lines)).toEqual({ stdout: "2 3", stderr: "" });
  });
});

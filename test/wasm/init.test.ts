// Choosing a build and a limit, also while the number of threads changes.
import { readFileSync } from "node:fs";
import { ArgError, init, MemoryError, memory, runtime, StateError, setThreads, tensor, threads, zeros } from "simdgrad";
import { afterEach, describe, expect, test } from "vitest";
import { run } from "./process.js";

const { limitBytes } = memory();
afterEach(() => init({ limitBytes }));

test("the build cannot change once kernels run", async () => {
  const { simd } = runtime();
  await init({ simd });
  await init();
  const other = simd === "baseline" ? "relaxed" : "baseline";
  await expect(init({ simd: other })).rejects.toThrow(StateError);
  await expect(init({ simd: other })).rejects.toThrow(`the ${simd} kernels already run`);
  expect(runtime().simd).toBe(simd);
});

test("a limit is kept, and one below what is in use refused", async () => {
  const held = zeros(1000);
  await init({ limitBytes: 1e6 });
  expect(memory().limitBytes).toBe(1e6);
  expect(() => zeros(1e6)).toThrow(MemoryError);
  expect(tensor([1]).add(1).item()).toBe(2);
  await expect(init({ limitBytes: 100 })).rejects.toThrow(ArgError);
  held.dispose();
});

test("the report has the package's version", () => {
  expect(runtime().version).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
});

describe("refused, and the library works on", () => {
  const OPTIONS = "the options are { simd, limitBytes, wasm }";

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a misspelt build",
      () => init({ simd: "Baseline" as "baseline" }),
      'init: simd must be "auto", "baseline" or "relaxed", got "Baseline"',
    ],
    ["null for a build", () => init({ simd: null as unknown as "auto" }), 'init: simd must be "auto", "baseline" or "relaxed", got null'],
    ["an option that does not exist", () => init({ smid: "baseline" } as object), `init: there is no option smid; ${OPTIONS}`],
    [
      "a build instead of options",
      () => init("baseline" as unknown as object),
      "init: options must be an object { simd, limitBytes, wasm }, got ",
    ],
    ["null instead of options", () => init(null as unknown as object), "got null"],
    ["a list of options", () => init(["baseline"] as object), "init: options must be an object { simd, limitBytes, wasm }, got an array"],
    ["a symbol", () => init({ simd: Symbol("auto") as unknown as "auto" }), "got symbol"],
    [
      "an option that setThreads does not have",
      () => setThreads(2, { workerURL: "/w.js" } as object),
      "setThreads: there is no option workerURL; the options are { workerUrl }",
    ],
    ["a URL instead of options", () => setThreads(2, "/w.js" as unknown as object), "setThreads: options must be an object { workerUrl }"],
    [
      "a number for a URL",
      () => setThreads(2, { workerUrl: 7 as unknown as string }),
      "setThreads: workerUrl must be a URL or a string, got 7",
    ],
  ])("%s", async (_, call, message) => {
    const refused = call();
    await expect(refused).rejects.toThrow(ArgError);
    await expect(refused).rejects.toThrow(message);
    expect(threads()).toBe(1);
    expect(tensor([1]).add(1).item()).toBe(2);
  });
});

describe("init and setThreads at the same time", () => {
  /** From here on the build of the module that was instantiated last is in `running`. */
  const WATCH = `
    const { Instance } = WebAssembly;
    let running;
    WebAssembly.Instance = function (module, imports) {
      const [mark] = WebAssembly.Module.customSections(module, "simdgrad");
      if (mark) running = new TextDecoder().decode(mark).split(" ")[0];
      return new Instance(module, imports);
    };`;

  /** Prints the build that runtime() names, the one that runs, and the number of threads. */
  const REPORT = `
    const result = sum();
    console.log(runtime().simd, running, threads(), result);
    process.exit();`;

  test.each([0, 1, 5, 20, 60])("setThreads first, init %i ms later", (ms) => {
    const { stdout, stderr } = run(`
      ${WATCH}
      const change = setThreads(2);
      await new Promise((resolve) => setTimeout(resolve, ${ms}));
      const refused = await init({ simd: "baseline" }).then(() => "", (error) => error.message);
      await change;
      console.log(refused);
      ${REPORT}`);
    expect(stderr).toBe("");
    const [refused, report] = stdout.includes("\n") ? stdout.split("\n") : ["", stdout];
    if (refused) {
      expect(refused).toMatch(/^init: the relaxed kernels already run/);
      expect(report).toBe("relaxed relaxed 2 2 3");
    } else expect(report).toBe("baseline baseline 2 2 3");
  });

  test.each([
    ["init first", `init({ simd: "baseline" }), setThreads(2)`],
    ["given kernels that arrive late", `init({ wasm: new Promise((resolve) => setTimeout(() => resolve(bytes), 50)) }), setThreads(2)`],
    ["threads twice", `setThreads(3), init({ limitBytes: 1e8 }), setThreads(1), init({ simd: runtime().simd }), setThreads(2)`],
  ])("%s", (_, calls) => {
    const { stdout, stderr } = run(`${WATCH} const made = await Promise.all([${calls}]); ${REPORT}`);
    expect(stderr).toBe("");
    const [build] = stdout.split(" ");
    expect(stdout).toBe(`${build} ${build} 2 2 3`);
    if (calls.startsWith("init")) expect(build).toBe("baseline");
  });

  test("kernels that never arrive keep nobody waiting for ever after", () => {
    const { stdout, stderr } = run(`
      ${WATCH}
      const failing = init({ wasm: new Promise((_, reject) => setTimeout(() => reject(new Error("no network")), 20)) });
      const change = setThreads(2);
      console.log(await failing.then(() => "", (error) => error.message), await change);
      ${REPORT}`);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^no network 2\n(baseline baseline|relaxed relaxed) 2 2 3$/);
  });
});

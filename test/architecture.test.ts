// The structure of the code: imports go down, no kernel is unused, files stay small enough to read.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { describe, expect, test } from "vitest";

/** The layers from the lowest up; modules of one layer do not import each other. A module is a folder of src/, or a file in src/ itself. */
const LAYERS: readonly (readonly string[])[] = [
  ["errors", "begin"],
  ["options", "checks", "eventLoop"],
  ["wasm"],
  ["tensor"],
  ["ops"],
  ["autograd"],
  ["inspect"],
  ["nn", "optim"],
  ["data", "io", "metrics", "models", "plot", "quantize"],
  ["train", "node"],
  ["methods"],
  ["unbundled"],
  ["index", "runtime"],
  ["bundle"],
];

const layerOf = (module: string): number => LAYERS.findIndex((modules) => modules.includes(module));
const moduleOf = (file: string): string => (file.split("/")[0] as string).replace(/\.ts$/, "");

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => posix.relative(folder, join(entry.parentPath, entry.name).replaceAll(sep, "/")));
}

const sources = filesUnder("src").filter((file) => !file.includes("generated/") && !file.endsWith(".d.ts"));
const read = (file: string): string => readFileSync(join("src", file), "utf8");

describe("imports", () => {
  const imports = sources.flatMap((file) =>
    [...read(file).matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, path]) => ({
      file,
      target: posix.join(dirname(file), path as string),
    })),
  );

  test("there are imports to check, and every module has a layer", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect([...new Set(sources.map(moduleOf))].filter((module) => layerOf(module) < 0)).toEqual([]);
  });

  test("go down, never up or sideways", () => {
    const wrong = imports.filter(({ file, target }) => {
      const [from, to] = [moduleOf(file), moduleOf(target)];
      return from !== to && layerOf(to) >= layerOf(from);
    });
    expect(wrong).toEqual([]);
  });

  test("name no package but the loader, outside the module for files", () => {
    const packages = sources.flatMap((file) =>
      moduleOf(file) === "node" ? [] : [...read(file).matchAll(/(?:from|^import) "([^."][^"]*)"/gm)].map(([, name]) => `${file}: ${name}`),
    );
    expect(packages.filter((line) => !/^(\w+\/)?begin\.ts: #texts$/.test(line)).sort()).toEqual([
      "wasm/kernels.ts: #wasm",
      "wasm/kernels.ts: @assemblyscript/loader",
      "wasm/modules/unpack.ts: @assemblyscript/loader",
      "wasm/threads/index.ts: #threads",
    ]);
  });
});

describe("kernels", () => {
  const declared = [...readFileSync("src/wasm/generated/kernels.ts", "utf8").matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name as string);
  const code = sources.map(read).join("\n");

  test("every export is used, by a call or by a part of one", () => {
    expect(declared.length).toBeGreaterThan(80);
    // Some definitions call the kernels that have the name of the operation, one of them with an ending, or the one that is named next.
    const called = (definers: string, name: string) => `\\b(${definers})(<.*>)?\\(\\s*"${name}"`;
    const calls = (name: string) =>
      new RegExp(
        [
          `\\b(k|\\w+Kernels)\\.${name}\\b|\\bkernel: "${name}"|\\b(onMasks|onBits)\\("\\w+", "${name}"`,
          called("unary|binary|unaryOp|withGrad|step|ofAny|arithmetic|compare|extreme", name),
          ...(name.endsWith("Grad") ? [called("withGrad|gradOp", name.slice(0, -4))] : []),
          ...(name.endsWith("I32") ? [called("ofAny|arithmetic|compare|extreme", name.slice(0, -3))] : []),
        ].join("|"),
      );
    expect(declared.filter((name) => !calls(name).test(code))).toEqual([]);
  });

  test("take nothing from the host but memory, and keep no state of their own", () => {
    for (const build of ["baseline", "relaxed"]) {
      const module = new WebAssembly.Module(readFileSync(`build/${build}.wasm`));
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
      expect(WebAssembly.Module.exports(module).filter(({ kind }) => kind !== "function")).toEqual([]);
    }
  });
});

test("files are short enough to read in one sitting", () => {
  const long = [...sources.map((file) => join("src", file)), ...filesUnder("assembly").map((file) => join("assembly", file))]
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length }))
    .filter(({ lines }) => lines > 420);
  expect(long).toEqual([]);
});

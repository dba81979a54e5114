// What a bundle of one layer contains: that layer and the base of all, and none of the others, nor tools that it does not import.
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { FROM_DIST } from "../../scripts/bundle.mjs";

/** The modules of `nn` whose code is in the bundle of some lines, and its text. */
function bundle(lines: string): { readonly modules: string[]; readonly text: string } {
  const { metafile, outputFiles } = buildSync({
    ...FROM_DIST,
    minify: false,
    stdin: { contents: lines, resolveDir: "." },
    format: "esm",
    metafile: true,
    write: false,
  });
  const inputs = Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {});
  const inNN = inputs.filter(([path, { bytesInOutput }]) => path.includes("dist/nn/") && bytesInOutput > 0);
  return { modules: inNN.map(([path]) => path.replace(/.*dist\/nn\/(.*)\.js/, "$1")).sort(), text: outputFiles[0]?.text ?? "" };
}

const BASE = ["begin", "fields", "index", "install", "methods", "module", "parameter", "state", "summary", "tool"];

/** A class of this name, which the bundler may have moved into a variable. */
const classOf = (name: string): RegExp => new RegExp(`\\b(class ${name}|${name} = class)\\b`);

describe("a bundle has the layers that it imports, and no others", () => {
  test.each([
    ["Linear", "new Linear(1, 1)", ["linear", "weights"]],
    ["LayerNorm", "new LayerNorm(1)", ["init", "layerNorm"]],
    ["Sequential", "new Sequential()", ["containers"]],
    ["Parameter", "Parameter.zeros([1])", []],
  ])("%s", (name, use, own) => {
    const { modules, text } = bundle(`import { ${name} } from "simdgrad/nn"; console.log(${use});`);
    expect(modules.filter((module) => !BASE.includes(module))).toEqual(own);
    expect(text).toMatch(classOf(name));
    for (const other of [
      "Linear",
      "LayerNorm",
      "Sequential",
      "ModuleDict",
      "Conv2d",
      "BatchNorm2d",
      "CrossEntropyLoss",
      "Lora",
      "Captured",
    ])
      if (other !== name) expect(text).not.toMatch(classOf(other));
  });

  test("methods of modules whose code is not there say so", () => {
    const { text } = bundle(`import { Linear } from "simdgrad/nn"; console.log(new Linear(1, 1));`);
    expect(text).toContain("a bundle has this only as a function of simdgrad/nn");
    expect(text).not.toContain("moduleHook");
    expect(bundle(`import { registerForwardHook } from "simdgrad/nn"; console.log(registerForwardHook);`).text).toContain("moduleHook");
  });
});

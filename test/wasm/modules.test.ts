// Kernels as text, in groups: what comes out is what the compiler wrote, with the functions of other groups left out.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { derivedBody } from "../../scripts/pack/derive.mjs";
import { instructionsOf } from "../../scripts/pack/instructions.mjs";
import { readModule } from "../../scripts/pack/module.mjs";
import { type GroupText, unpack } from "../../src/wasm/modules/unpack.js";

const BUILDS = ["baseline", "relaxed"] as const;
const read = (build: string): Buffer => readFileSync(`build/${build}.wasm`);

const texts = new Map<string, GroupText>();
for (const file of readdirSync("src/wasm/generated/text")) {
  const name = file.replace(".ts", "");
  const { text } = (await import(`../../src/wasm/generated/text/${name}.ts`)) as { text: GroupText };
  texts.set(name, text);
}
const core = texts.get("core") as GroupText;
const others = [...texts].filter(([name]) => name !== "core");
const textsOf = (list: readonly (readonly [string, GroupText])[]): GroupText[] => list.map(([, text]) => text);

/** The body of a function that is left out: no variables, `unreachable`, `end`. */
const MISSING = Buffer.of(0, 0, 11);

describe.each(BUILDS)("the %s build", (build) => {
  const whole = readModule(read(build));
  const bodies = (groups: readonly GroupText[]) => readModule(Buffer.from(unpack(build, core, groups))).functions.map(({ body }) => body);
  const isMissing = (body: Uint8Array): boolean => Buffer.compare(body, MISSING) === 0;

  test("comes out byte for byte, whatever the order of its groups", () => {
    expect(others.length).toBeGreaterThan(4);
    for (const groups of [others, others.toReversed()]) {
      expect(Buffer.compare(unpack(build, core, textsOf(groups)), read(build))).toBe(0);
    }
  });

  test("each group adds functions that no other one has, as the compiler wrote them", () => {
    const without = bodies([]);
    const added = others.map(([name, text]) => {
      const list = bodies([text]);
      const own = list.flatMap((body, i) => (isMissing(without[i] as Uint8Array) && !isMissing(body) ? [i] : []));
      expect(own.length, name).toBeGreaterThan(0);
      for (const i of own) expect(Buffer.compare(list[i] as Uint8Array, (whole.functions[i] as { body: Uint8Array }).body)).toBe(0);
      return own;
    });
    expect(new Set(added.flat()).size).toBe(added.flat().length);
    expect(added.flat().length).toBe(without.filter(isMissing).length);
  });

  test("modules with any groups are valid, and a function of the others traps", () => {
    if (build === "relaxed" && !WebAssembly.validate(read(build) as BufferSource)) return; // this runtime has no relaxed SIMD
    const alone = others.map((group) => [group]);
    const allBut = others.map((group) => others.filter((other) => other !== group));
    for (const groups of [[], ...alone, ...allBut, others]) {
      expect(WebAssembly.validate(unpack(build, core, textsOf(groups))), groups.map(([name]) => name).join()).toBe(true);
    }
    const module = new WebAssembly.Module(unpack(build, core, []));
    const memory = new WebAssembly.Memory({ initial: 4 });
    const { sgd, add } = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, (...args: number[]) => void>;
    expect(() => sgd?.(65536, 0, 1, 0, 0, 0, 0, 0)).toThrow(WebAssembly.RuntimeError);
    add?.(65536, 65536, 65600, 1, 1, 1, 1, 1);
  });
});

test("no kernel of the core reaches code of a group", () => {
  const { functions, exports } = readModule(read("relaxed"));
  const present = readModule(Buffer.from(unpack("relaxed", core, []))).functions.map(({ body }) => Buffer.compare(body, MISSING) !== 0);
  const CALL = 0x10;
  for (const [name, index] of exports) {
    const [reached, wrong] = [new Set([index]), [] as number[]];
    for (const i of reached) {
      if (!present[i]) wrong.push(i);
      for (const { opcode, immediate } of instructionsOf(functions[i] as (typeof functions)[number])) {
        if (opcode[0] === CALL)
          reached.add(immediate.reduce((value: number, byte: number, at: number) => value + (byte & 127) * 128 ** at, 0));
      }
    }
    if (present[index]) expect(wrong, name).toEqual([]);
  }
});

test("most functions of the baseline build that fuse elsewhere are the relaxed ones with two steps", () => {
  const [relaxed, baseline] = [readModule(read("relaxed")), readModule(read("baseline"))];
  const differ = relaxed.functions.flatMap((code, i) => {
    const { body } = baseline.functions[i] as (typeof baseline.functions)[number];
    return Buffer.compare(code.body, body) === 0 ? [] : [Buffer.compare(derivedBody(code), body) === 0];
  });
  expect(differ.filter(Boolean).length).toBeGreaterThan(differ.length / 2);
});

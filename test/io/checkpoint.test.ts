// Checkpoints: a training that is continued is the training in one go, bit for bit; and what does not fit changes nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { ArgError, FormatError, Generator, nn, optim, runtime, StateError, scope, type Tensor, tensor } from "simdgrad";
import { loadCheckpoint, loadSafetensors, safetensorsMetadata, saveCheckpoint, saveSafetensors } from "simdgrad/io";
import { describe, expect, it } from "vitest";
import { bothHalves, parts, resume, train } from "../runtimes/resuming.js";
import { live } from "../support.js";

const [half, whole] = bothHalves();

describe("a training that is continued", () => {
  it("is the training in one go, bit for bit", () => {
    const once = parts();
    train(once, 20);
    expect(Buffer.compare(saveCheckpoint(once), whole)).toBe(0);
    expect(Buffer.compare(resume(half), whole)).toBe(0);
    expect(Buffer.compare(half, whole)).not.toBe(0);
  });

  it("in another process too", () => {
    const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
    try {
      const [from, to] = ["from", "to"].map((name) => join(folder, name)) as [string, string];
      writeFileSync(from, half);
      const script = buildSync({
        entryPoints: ["test/io/checkpoint/resume.ts"],
        ...{ bundle: true, format: "esm", platform: "node", packages: "external", tsconfigRaw: "{}", write: false },
      }).outputFiles[0]?.text as string;
      const flags = process.execArgv.filter((flag) => flag.includes("relaxed-simd"));
      const args = [...flags, "--input-type=module", "-e", script, "--", from, to, runtime().simd];
      const { stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 50_000 });
      expect([status, stderr]).toEqual([0, ""]);
      expect(Buffer.compare(readFileSync(to), whole)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the file", () => {
  it("is a safetensors file with the tensors by their paths", () => {
    const all = parts();
    train(all, 1);
    const file = saveCheckpoint(all);
    const tensors = loadSafetensors(file);
    expect(Object.keys(tensors)).toEqual(expect.arrayContaining(["model.0.weight", "model.1.running_var", "optimizer.state.0.exp_avg"]));
    expect(tensors["model.5.weight"]?.toArray()).toEqual((all.model.at(5) as nn.Linear).weight.toArray());
    expect(Buffer.compare(file, saveCheckpoint(all))).toBe(0);
    expect(Object.keys(safetensorsMetadata(file))).toEqual(["simdgrad.checkpoint"]);
  });

  it("keeps the best value of a plateau that has seen none yet, which is Infinity", () => {
    const make = (): { optimizer: optim.SGD; schedule: optim.lrScheduler.ReduceLROnPlateau } => {
      const optimizer = new optim.SGD([tensor([1], { requiresGrad: true })], { lr: 1 });
      return { optimizer, schedule: new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0 }) };
    };
    const [before, after] = [make(), make()];
    after.schedule.step(1);
    after.schedule.step(2); // no longer as at the start
    loadCheckpoint(saveCheckpoint({ schedule: before.schedule }), { schedule: after.schedule });
    expect(after.schedule.stateDict()["best"]).toBe(Number.POSITIVE_INFINITY);
    expect(after.schedule.stateDict()).toEqual(before.schedule.stateDict());
    after.schedule.step(1e30); // better than Infinity
    expect(after.schedule.stateDict()["num_bad_epochs"]).toBe(0);
  });

  it("gives data back as they were", () => {
    const data = {
      epoch: 3,
      best: Number.POSITIVE_INFINITY,
      odd: [-0, Number.NaN, 0.1 + 0.2, Number.NEGATIVE_INFINITY, 5e-324, null, true],
      text: "'#=\"\\ ä",
      nested: { list: [{ history: [1, 2] }, []], empty: {}, ["__proto__"]: 1 },
    };
    const mean = tensor([1, 2]).half();
    const got = loadCheckpoint(saveCheckpoint({ ...data, mean, also: [mean], none: undefined, "also.0": tensor([3]) }), {});
    const {
      mean: loaded,
      also,
      "also.0": other,
      ...rest
    } = got as Record<string, unknown> & { mean: Tensor; also: Tensor[]; "also.0": Tensor };
    expect(rest).toEqual(data);
    expect(Object.is((rest["odd"] as number[])[0], -0)).toBe(true);
    expect([loaded.dtype, loaded.toArray(), also[0]?.toArray(), other.toArray()]).toEqual(["float16", [1, 2], [1, 2], [3]]);
  });

  it.each<[string, () => unknown, string]>([
    ["a list", () => saveCheckpoint([] as never), "saveCheckpoint: takes the parts by name, such as { model, optimizer }, got []"],
    ["a function", () => saveCheckpoint({ run: { by: () => 0 } }), "saveCheckpoint: run.by is a function; a checkpoint holds tensors"],
    ["a class", () => saveCheckpoint({ map: new Map() }), "saveCheckpoint: map is a Map"],
    ["a typed array", () => saveCheckpoint({ list: [new Float32Array(2)] }), "saveCheckpoint: list.0 is a Float32Array"],
  ])("does not hold %s", (_, save, message) => {
    expect(save).toThrow(ArgError);
    expect(save).toThrow(message);
  });

  it("does not hold what contains itself", () => {
    const self: Record<string, unknown> = {};
    self["self"] = self;
    expect(() => saveCheckpoint({ self })).toThrow("nested arrays and objects must not contain themselves");
  });
});

describe("what does not fit", () => {
  const file = half;
  const stateOf = (all: Record<string, unknown>): string => Buffer.from(saveCheckpoint(all)).toString("base64");
  class Other extends nn.Module {
    head = new nn.Linear(2, 2);
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  const withMetadata = (text: string): Uint8Array => saveSafetensors({ a: tensor([1]) }, { metadata: { "simdgrad.checkpoint": text } });

  it.each<[string, (all: ReturnType<typeof parts>) => unknown, new (...args: never[]) => Error, string]>([
    ["a part less", ({ schedule: _, ...all }) => loadCheckpoint(file, all), StateError, "nothing was loaded; not given: schedule"],
    [
      "a part more",
      (all) => loadCheckpoint(file, { ...all, ema: all.model }),
      StateError,
      "nothing was loaded; the file does not have ema",
    ],
    ["a part more, not strict", (all) => loadCheckpoint(file, { ema: all.model }, { strict: false }), StateError, "does not have ema"],
    [
      "another model",
      (all) => loadCheckpoint(file, { ...all, model: new Other() }),
      StateError,
      "loadCheckpoint: model: loadStateDict: nothing was loaded; missing: head.weight, head.bias; unexpected: 0.weight",
    ],
    [
      "a layer of another size",
      (all) => loadCheckpoint(file, { ...all, model: parts().model.insert(6, new nn.ReLU()).slice(0, 5).append(new nn.Linear(64, 4)) }),
      StateError,
      "5.weight is [3,64], expected [4,64]",
    ],
    [
      "an optimizer of fewer parameters, after the others were loaded",
      (all) => {
        const optimizer = {
          stateDict: () => all.optimizer.stateDict(),
          loadStateDict: (): never => {
            throw new RangeError("does not fit");
          },
        };
        return loadCheckpoint(file, { ...all, optimizer });
      },
      RangeError,
      "loadCheckpoint: optimizer: does not fit",
    ],
    [
      "a generator that is none",
      (all) => loadCheckpoint(file, { ...all, generator: 3 as never }),
      ArgError,
      "loadCheckpoint: generator is 3; a part has",
    ],
    [
      "a part as another",
      (all) => loadCheckpoint(file, { ...all, generator: all.model, model: all.generator }),
      StateError,
      "generator: loadStateDict",
    ],
    [
      "weights alone",
      (all) => loadCheckpoint(saveSafetensors(all.model.stateDict()), all),
      FormatError,
      "the file is no checkpoint that saveCheckpoint wrote",
    ],
    ["other metadata", (all) => loadCheckpoint(withMetadata("{"), all), FormatError, "the file is no checkpoint"],
    [
      "metadata without parts",
      (all) => loadCheckpoint(withMetadata('{"parts":[],"data":{}}'), all),
      FormatError,
      "the file is no checkpoint",
    ],
    ["a tensor that is not there", () => loadCheckpoint(withMetadata('{"parts":{},"data":{"b":"#b"}}'), {}), FormatError, 'no tensor "b"'],
    [
      "an inherited name",
      () => loadCheckpoint(withMetadata('{"parts":{},"data":{"b":"#toString"}}'), {}),
      FormatError,
      'no tensor "toString"',
    ],
    ["no parts", () => loadCheckpoint(file, 3 as never), ArgError, "loadCheckpoint: takes the parts by name"],
    ["an unknown option", (all) => loadCheckpoint(file, all, { strickt: true } as never), ArgError, 'there is no option "strickt"'],
    ["half a file", (all) => loadCheckpoint(file.subarray(0, file.length - 4), all), FormatError, "are not inside the"],
  ])("changes nothing: %s", (_, load, Kind, message) => {
    const all = parts(3);
    train(all, 2);
    all.optimizer.zeroGrad();
    const before = stateOf(all);
    const tensors = live().liveTensors;
    expect(() => scope(() => load(all))).toThrow(Kind);
    expect(() => scope(() => load(all))).toThrow(message);
    expect(stateOf(all)).toBe(before);
    if (Kind === FormatError) expect(live().liveTensors).toBe(tensors);
  });

  it("strict: false leaves parts of the file out", () => {
    const model = parts(3).model;
    expect(loadCheckpoint(file, { model }, { strict: false })).toEqual({});
    expect(stateOf({ model })).not.toBe(stateOf({ model: parts(3).model }));
    const generator = new Generator(0);
    loadCheckpoint(file, { generator }, { strict: false });
    expect(generator.getState().seedLow).toBe(6);
  });

  it("leaves nothing behind", () => {
    const all = parts(3);
    loadCheckpoint(file, all); // makes the moments
    const tensors = live().liveTensors;
    loadCheckpoint(file, all);
    saveCheckpoint(all);
    expect(live().liveTensors).toBe(tensors);
  });
});

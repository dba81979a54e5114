// Models in files: what was written is what is read.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, half, nn, noGrad, tensor } from "simdgrad";
import { loadSafetensors } from "simdgrad/io";
import { readModel, writeModel } from "simdgrad/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

const makeModel = (): nn.Sequential =>
  new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.Flatten(), new nn.Linear(8, 3));
const valuesOf = (model: nn.Module): unknown => Object.entries(model.stateDict()).map(([name, t]) => [name, t.dtype, t.toArray()]);

describe("writeModel and readModel", () => {
  it("carry every parameter and buffer, bit by bit", async () => {
    const [model, other] = [makeModel(), makeModel()];
    noGrad(() => model.parameters()[1]?.copy_(tensor([Number.NaN, Number.NEGATIVE_INFINITY])));
    model.call(
      tensor(
        new Float32Array(32).map((_, i) => i),
        { shape: [2, 1, 4, 4] },
      ),
    );
    const path = join(folder, "model.safetensors");
    await writeModel(path, model.stateDict());
    other.loadStateDict(await readModel(path));
    expect(valuesOf(other)).toEqual(valuesOf(model));
    expect((other.at(1) as nn.BatchNorm2d).numBatchesTracked?.item()).toBe(1);
  });

  it("keep the file's dtypes if asked to", async () => {
    const path = join(folder, "half.safetensors");
    await writeModel(path, { x: half(tensor([0.1])) });
    const [kept, widened] = [await readModel(path, { keepDtype: true }), await readModel(path)];
    expect([kept["x"]?.dtype, widened["x"]?.dtype, widened["x"]?.item()]).toEqual(["float16", "float32", 0.0999755859375]);
    await expect(readModel(path, { keep: true } as never)).rejects.toThrow(/keepDtype/);
  });

  it("take URLs as well as paths", async () => {
    const url = pathToFileURL(join(folder, "by url.safetensors"));
    await writeModel(url, { x: tensor([1, 2]) });
    expect((await readModel(url))["x"]?.toArray()).toEqual([1, 2]);
  });

  it("write the bytes of saveSafetensors, with metadata in the header", async () => {
    const path = join(folder, "metadata.safetensors");
    await writeModel(path, { x: tensor([1], { dtype: "int32" }) }, { made: "by hand" });
    const bytes = await readFile(path);
    expect(loadSafetensors(bytes)["x"]?.dtype).toBe("int32");
    expect(bytes.toString("latin1")).toContain('"__metadata__":{"made":"by hand"}');
  });

  it("replace a file that is there", async () => {
    const path = join(folder, "replaced.safetensors");
    await writeModel(path, { long: tensor(new Float32Array(1000)) });
    await writeModel(path, { x: tensor(5) });
    expect(Object.keys(await readModel(path))).toEqual(["x"]);
  });

  it("pass on what the file system says, and refuse other files", async () => {
    await expect(readModel(join(folder, "missing.safetensors"))).rejects.toThrow(/ENOENT/);
    await expect(writeModel(join(folder, "missing", "x.safetensors"), {})).rejects.toThrow(/ENOENT/);
    const path = join(folder, "text.txt");
    await writeFile(path, "this is no model");
    await expect(readModel(path)).rejects.toThrow(FormatError);
  });
});

// Tensors without elements, and what a listener sees of a program.
import {
  ArgError,
  batchNorm,
  type Call,
  conv2d,
  embedding,
  IndexError,
  type Interceptor,
  intercept,
  maxPool2dWithIndices,
  memory,
  meta,
  nn,
  noGrad,
  oneHot,
  ones,
  randn,
  ShapeError,
  StateError,
  scope,
  Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { live } from "../support.js";

describe("meta", () => {
  it("gives shapes and dtypes and computes nothing", () => {
    const before = memory().liveBytes;
    scope(() => {
      const [y, mask, row, several] = meta(() => {
        const x = randn([2, 3, 8, 8]);
        const images = conv2d(x, zeros(4, 3, 3, 3), null, {
          padding: [
            [2, 0],
            [1, 1],
          ],
          activation: "relu",
        });
        return [images, images.gt(0), images.flatten(1).at(0), maxPool2dWithIndices(x, 2).indices] as const;
      });
      expect([y, mask, row, several].map((t) => [[...t.shape], t.dtype, t.isMeta])).toEqual([
        [[2, 4, 8, 8], "float32", true],
        [[2, 4, 8, 8], "bool", true],
        [[256], "float32", true],
        [[2, 3, 4, 4], "int32", true],
      ]);
      expect(memory().liveBytes).toBe(before);
    });
    expect(tensor([1]).isMeta).toBe(false);
  });

  it("describes a model of any size, with its summary, for the bytes of none", () => {
    const before = live();
    const model = meta(
      () => new nn.Sequential(new nn.Linear(50000, 40000), new nn.ReLU(), new nn.Linear(40000, 20000), new nn.BatchNorm1d(20000)),
    );
    expect(model.parameterCount()).toBe(50000 * 40000 + 40000 + 40000 * 20000 + 20000 + 40000);
    const summary = meta(() => model.summary([3, 50000]));
    expect(summary.layers.map(({ outputShape }) => [...outputShape])).toEqual([
      [3, 40000],
      [3, 40000],
      [3, 20000],
      [3, 20000],
    ]);
    expect(summary.sizeBytes).toBeGreaterThan(11e9);
    expect(live().liveBytes).toBe(before.liveBytes);
    expect([...model.parameters()].every((p) => p.isMeta && p.requiresGrad)).toBe(true);
    model.dispose();
    expect(live()).toEqual(before);
  });

  it("takes tensors with values too, and leaves them as they are", () => {
    const model = new nn.Sequential(new nn.Linear(4, 3), new nn.BatchNorm1d(3)).eval();
    const weight = (model.at(0) as nn.Linear).weight.toTypedArray();
    const y = meta(() => model.call(ones(5, 4)));
    expect([y.isMeta, y.requiresGrad, [...y.shape]]).toEqual([true, false, [5, 3]]);
    expect((model.at(0) as nn.Linear).weight.toTypedArray()).toEqual(weight);
    // In training, batch normalisation would count the batch: a value that changes.
    expect(() => meta(() => model.train().call(ones(5, 4)))).toThrow(StateError);
    model.dispose();
  });

  it("checks inputs as ever", () => {
    expect(() => meta(() => zeros(2, 3).matmul(zeros(2, 3)))).toThrow(ShapeError);
    expect(() => meta(() => embedding(tensor([7], { dtype: "int32" }), zeros(3, 4)))).not.toThrow();
    const index = tensor([7], { dtype: "int32" });
    expect(() => meta(() => embedding(index, zeros(3, 4)))).toThrow(IndexError);
    const twos = zeros([2], { dtype: "int32" });
    expect(() => meta(() => twos.floorDivide(twos))).toThrow(ArgError);
    expect([...meta(() => tensor([7], { dtype: "int32" }).floorDivide(tensor([0], { dtype: "int32" }))).shape]).toEqual([1]);
    expect([...meta(() => oneHot(tensor([1, 2], { dtype: "int32" }), 4)).shape]).toEqual([2, 4]);
  });

  test.each<[string, (x: Tensor) => unknown]>([
    ["item", (x) => x.sum().item()],
    ["toTypedArray", (x) => x.toTypedArray()],
    ["toTypedArray", (x) => x.toArray()],
    ["item", (x) => Number(x.sum())],
  ])("refuses to read a value: %s", (op, read) => {
    const before = live();
    const says = new RegExp(`^${op}: needs values, and float32\\[(2,3)?\\] has none`);
    scope(() => {
      expect(() => meta(() => read(zeros(2, 3)))).toThrow(StateError);
      expect(() => meta(() => read(zeros(2, 3)))).toThrow(says);
    });
    expect(live()).toEqual(before);
  });

  test.each<[string, (x: Tensor) => unknown]>([
    ["add", (x) => x.add(1)],
    ["mul", (x) => ones(2, 3).mul(x)],
    ["reshape", (x) => x.reshape(6)],
    ["alias", (x) => x.detach()],
    ["fill_", (x) => noGrad(() => x.fill_(1))],
    ["copy_", (x) => ones(2, 3).copy_(x)],
    ["matmul", (x) => x.matmul(ones(3, 2))],
    ["linear", (x) => new nn.Linear(3, 2).call(x)],
    ["batchNorm", (x) => batchNorm(x, null, null, { training: true })],
  ])("an operation outside names itself: %s", (op, run) => {
    scope(() => {
      const x = meta(() => zeros(2, 3));
      const before = live();
      scope(() => expect(() => run(x)).toThrow(StateError));
      scope(() => expect(() => run(x)).toThrow(new RegExp(`^${op}: needs values, and float32\\[2,3\\] has none`)));
      if (op !== "linear") expect(live()).toEqual(before);
      expect(ones(2).add(1).toArray()).toEqual([2, 2]);
    });
  });

  it("runs edits of tensors that have values, and refuses those that need values that are not there", () => {
    const x = zeros(2);
    meta(() => void x.fill_(3));
    expect(x.toArray()).toEqual([3, 3]);
    expect(() => meta(() => x.copy_(ones(2)))).toThrow(/^copy_: needs values/);
    expect(meta(() => ones(2).fill_(1)).isMeta).toBe(true);
    expect(x.toArray()).toEqual([3, 3]);
    const parameter = meta(() => new nn.Parameter(x));
    expect(parameter.toArray()).toEqual([3, 3]);
    parameter.dispose();
  });

  it("is printed without values, and cannot be loaded into", () => {
    const model = meta(() => new nn.Linear(2, 1));
    expect(String(model.weight)).toBe("tensor(meta, shape=[1,2], dtype=float32, requiresGrad=true)");
    expect(() => model.loadStateDict({ weight: ones(1, 2), bias: ones(1) })).toThrow(/needs values/);
    model.dispose();
  });

  it("nests, and ends with its work, also after an error", () => {
    expect(meta(() => meta(() => zeros(2)).add(1)).isMeta).toBe(true);
    expect(() =>
      meta(() => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(zeros(1).isMeta).toBe(false);
    expect(() => meta(5 as never)).toThrow(ArgError);
    expect(() => meta(async () => zeros(1))).toThrow(/returned a promise/);
  });
});

describe("a listener", () => {
  const listen = (work: () => unknown): { call: Call; results: readonly Tensor[] }[] => {
    const seen: { call: Call; results: readonly Tensor[] }[] = [];
    const note: Interceptor = (call, next) => {
      const results = next(call);
      seen.push({ call, results });
      return results;
    };
    intercept(note, work);
    return seen;
  };

  it("sees how each tensor of a program was made: every input is known or the result of an earlier call", () => {
    const model = new nn.Sequential(
      new nn.Conv2d(1, 4, 3, { padding: 1 }),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Dropout(0.5),
      new nn.Linear(64, 5),
    ).eval();
    for (const mode of [(work: () => void) => work(), meta] as const) {
      scope(() => {
        const x = randn([2, 1, 8, 8]);
        const known = new Set<unknown>([x, ...model.parameters(), ...model.buffers()]);
        let y: Tensor | undefined;
        const seen = listen(() =>
          mode(() => {
            const z = model.call(x).detach();
            y = noGrad(() => z.add(zeros(5)).narrow(1, 0, 2).transpose(0, 1).fill_(1).clone());
          }),
        );
        // Inside of meta the outer listener does not see the calls that are not passed on.
        if (mode === meta) return;
        for (const { call, results } of seen) {
          for (const input of call.inputs) if (input instanceof Tensor) expect(known.has(input), call.op.name).toBe(true);
          expect(structuredClone(call.attr)).toEqual(call.attr);
          for (const result of results) known.add(result);
        }
        expect(known.has(y)).toBe(true);
      });
    }
    model.dispose();
  });

  it("inside of meta sees the same calls as outside, with results of the same shapes", () => {
    const model = new nn.Sequential(
      new nn.Conv2d(1, 4, 3),
      new nn.ReLU(),
      new nn.AvgPool2d(2),
      new nn.Flatten(),
      new nn.Linear(36, 5),
    ).eval();
    scope(() => {
      const x = randn([2, 1, 8, 8]);
      const shown = (seen: ReturnType<typeof listen>) =>
        seen.map(({ call: { op, inputs }, results }) => [
          op.name,
          op.kind,
          inputs.map((input) => (input instanceof Tensor ? `${input.dtype}[${input.shape}]` : input)),
          results.map(({ shape, dtype }) => `${dtype}[${shape}]`),
        ]);
      const run = () => noGrad(() => model.call(x).detach());
      expect(shown(meta(() => listen(run)))).toEqual(shown(listen(run)));
      expect(listen(run).map(({ call }) => call.op.name)).toContain("alias");
    });
    model.dispose();
  });
});

// float16, bfloat16 and int64 as tensors: making, reading, moving, gradients through them, and what refuses them.
import {
  ArgError,
  arange,
  bfloat16,
  cat,
  conv2d,
  crossEntropy,
  type DType,
  DTypeError,
  embedding,
  eye,
  full,
  GradError,
  half,
  IndexError,
  linspace,
  long,
  matmul,
  memory,
  nllLoss,
  nn,
  noGrad,
  oneHot,
  ones,
  onesLike,
  rand,
  ShapeError,
  scope,
  stack,
  type Tensor,
  tensor,
  where,
  zeros,
  zerosLike,
} from "simdgrad";
import { describe, expect, test } from "vitest";

const STORED = ["float16", "bfloat16", "int64"] as const;
const HALVES = ["float16", "bfloat16"] as const;
const BIG = 2n ** 53n + 1n;

describe("making and reading", () => {
  test.each([
    ["float16", Float32Array.of(Math.fround(0.0999755859375), -0, Infinity, NaN)],
    ["bfloat16", Float32Array.of(0.10009765625, -0, Infinity, NaN)],
  ] as const)("%s rounds numbers, and gives them as float32", (dtype, wanted) =>
    scope(() => {
      for (const values of [[0.1, -0, Infinity, NaN], Float32Array.of(0.1, -0, Infinity, NaN), Float64Array.of(0.1, -0, Infinity, NaN)]) {
        const x = tensor(values as number[], { dtype });
        expect([x.dtype, x.toTypedArray()]).toEqual([dtype, wanted]);
        expect(Object.is(x.at(1).item(), -0)).toBe(true);
        expect(tensor(x.toTypedArray(), { dtype }).toTypedArray()).toEqual(wanted);
      }
    }),
  );

  test("bits are taken as bits", () =>
    scope(() => {
      expect(tensor(Uint16Array.of(0x3c00, 0xc000, 0x7c00, 1), { dtype: "float16" }).toArray()).toEqual([1, -2, Infinity, 2 ** -24]);
      expect(tensor(Uint16Array.of(0x3f80, 0xc000), { dtype: "bfloat16", shape: [2, 1] }).toArray()).toEqual([[1], [-2]]);
    }));

  test("a Float16Array, or what looks like one, gives float16", () =>
    scope(() => {
      const Native = (globalThis as { Float16Array?: { of(...values: number[]): never } }).Float16Array;
      class Stand extends Float32Array {
        override get [Symbol.toStringTag](): "Float32Array" {
          return "Float16Array" as "Float32Array";
        }
      }
      const values = Native ? Native.of(0.1, 2) : (Stand.of(0.1, 2) as never);
      const x = tensor(values);
      expect([x.dtype, x.toArray()]).toEqual(["float16", [0.0999755859375, 2]]);
    }));

  test("int64 takes big integers of any size, and numbers that are exact", () =>
    scope(() => {
      const x = tensor(BigInt64Array.of(1n, -BIG, 2n ** 63n - 1n));
      expect([x.dtype, x.toBigInt64Array()]).toEqual(["int64", BigInt64Array.of(1n, -BIG, 2n ** 63n - 1n)]);
      expect(tensor([3, -4], { dtype: "int64" }).toTypedArray()).toEqual(Float64Array.of(3, -4));
      expect(tensor([2 ** 53 - 1, -0], { dtype: "int64" }).toArray()).toEqual([2 ** 53 - 1, 0]);
      expect(() => tensor([1, 2 ** 53], { dtype: "int64" })).toThrow(ArgError);
      expect(() => tensor([1, 2 ** 53], { dtype: "int64" })).toThrow(
        /data\[1\] is 9007199254740992, and int64 holds .* more as BigInt64Array/,
      );
      expect(() => tensor([0.5], { dtype: "int64" })).toThrow(ArgError);
      expect(() => full([2], 1e30, { dtype: "int64" })).toThrow(ArgError);
    }));

  test.each([
    ["toArray", (x: Tensor) => x.toArray()],
    ["toTypedArray", (x: Tensor) => x.toTypedArray()],
    ["item", (x: Tensor) => x.at(1).item()],
  ] as const)("%s never rounds a big integer", (name, read) =>
    scope(() => {
      expect(read(tensor(BigInt64Array.of(1n, 2n ** 53n - 1n)))).toBeDefined();
      const x = tensor(BigInt64Array.of(1n, BIG));
      expect(() => read(x)).toThrow(ArgError);
      const at = name === "item" ? 0 : 1;
      expect(() => read(x)).toThrow(`${name}: element ${at} is 9007199254740993, which no number holds exactly; use toBigInt64Array()`);
    }),
  );

  test("toBigInt64Array is for int64", () =>
    scope(() => {
      expect(
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { dtype: "int64" },
        )
          .at(1)
          .toBigInt64Array(),
      ).toEqual(BigInt64Array.of(3n, 4n));
      expect(() => ones(2).toBigInt64Array()).toThrow(DTypeError);
    }));

  test("printing shows all digits", () =>
    scope(() => {
      expect(String(tensor(BigInt64Array.of(BIG, -1n)))).toBe("tensor([9007199254740993,               -1], shape=[2], dtype=int64)");
      expect(String(tensor([0.1, 2], { dtype: "float16" }))).toBe("tensor([0.1000, 2.0000], shape=[2], dtype=float16)");
      expect(String(tensor([0.1, 2], { dtype: "bfloat16" }))).toBe("tensor([0.1001, 2.0000], shape=[2], dtype=bfloat16)");
      expect(JSON.stringify(tensor([1, 2], { dtype: "int64" }))).toBe("[1,2]");
    }));

  test.each(STORED)("factories give %s", (dtype) =>
    scope(() => {
      expect(zeros([2], { dtype }).toArray()).toEqual([0, 0]);
      expect(ones([2, 2], { dtype }).toArray()).toEqual([
        [1, 1],
        [1, 1],
      ]);
      expect(full([3], -3, { dtype }).toArray()).toEqual([-3, -3, -3]);
      expect(full([], 7, { dtype }).item()).toBe(7);
      expect(arange(1, 9, 3, { dtype }).toArray()).toEqual([1, 4, 7]);
      expect(linspace(0, 4, 3, { dtype }).toArray()).toEqual([0, 2, 4]);
      expect(eye(3, { dtype }).toArray()).toEqual([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]);
      expect(eye(0, { dtype }).shape).toEqual([0, 0]);
      expect([zerosLike(ones(1, { dtype })).dtype, onesLike(ones(1, { dtype })).toArray()]).toEqual([dtype, [1]]);
      expect(zeros([0, 2], { dtype }).toArray()).toEqual([]);
      expect(() => rand([2], { dtype: dtype as "float32" })).toThrow(ArgError);
    }),
  );
});

describe.each(STORED)("%s moves", (dtype) => {
  const make = (): Tensor =>
    tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      { dtype },
    );

  test("views with offsets, copies and edits", () =>
    scope(() => {
      const x = make();
      const view = x.narrow(0, 1, 2);
      expect(view.toArray()).toEqual([
        [4, 5, 6],
        [7, 8, 9],
      ]);
      expect(view.t().toArray()).toEqual([
        [4, 7],
        [5, 8],
        [6, 9],
      ]);
      expect(view.float().toArray()).toEqual(view.toArray());
      expect(view.reshape(3, 2).at(1).toArray()).toEqual([6, 7]);
      expect(x.select(1, 1).toArray()).toEqual([2, 5, 8]);
      expect(x.get("::-1, 0").toArray()).toEqual([7, 4, 1]);
      view.at(0).fill_(-1);
      expect(x.toArray()).toEqual([
        [1, 2, 3],
        [-1, -1, -1],
        [7, 8, 9],
      ]);
      x.narrow(0, 0, 2).copy_(x.narrow(0, 1, 2));
      expect(x.toArray()).toEqual([
        [-1, -1, -1],
        [7, 8, 9],
        [7, 8, 9],
      ]);
      x.at(2).copy_(tensor([2.5, 3, -4]));
      expect(x.at(2).toArray()).toEqual(dtype === "int64" ? [2, 3, -4] : [2.5, 3, -4]);
      x.at(2).select(0, 0).fill_(5);
      expect(x.at(2).toArray()).toEqual([5, 3, -4]);
      expect(x.zero_().toArray()).toEqual([
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]);
    }));

  test("selection by index and mask", () =>
    scope(() => {
      const x = make();
      const index = tensor(
        [
          [2, 0],
          [1, 1],
        ],
        { dtype: "int64" },
      );
      expect(x.gather(1, index).toArray()).toEqual([
        [3, 1],
        [5, 5],
      ]);
      expect(x.indexSelect(0, tensor([2, 2], { dtype: "int64" })).toArray()).toEqual([
        [7, 8, 9],
        [7, 8, 9],
      ]);
      expect(where(x.gt(4), x, 0).toArray()).toEqual([
        [0, 0, 0],
        [0, 5, 6],
        [7, 8, 9],
      ]);
      expect(where(x.gt(4), x, 0).dtype).toBe(dtype);
      expect(x.maskedFill(x.le(8), -2).toArray()).toEqual([
        [-2, -2, -2],
        [-2, -2, -2],
        [-2, -2, 9],
      ]);
      expect(
        cat([x, x.flip(1)], 1)
          .at(0)
          .toArray(),
      ).toEqual([1, 2, 3, 3, 2, 1]);
      expect(stack([x.at(0), x.at(1)], 1).toArray()).toEqual([
        [1, 4],
        [2, 5],
        [3, 6],
      ]);
      expect(() => cat([x, zeros([3, 3])])).toThrow(DTypeError);
      expect(x.at(0).expand(2, 3).permute(1, 0).toArray()).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    }));
});

describe("indices and class numbers of int64", () => {
  const index = (...values: number[]): Tensor => tensor(values, { dtype: "int64" });

  test("give what those of int32 give, with gradients", () => {
    for (const dtype of ["int32", "int64"] as const) {
      const labels = tensor([2, 0, -100], { dtype });
      const logits = tensor(
        [
          [1, 2, 3],
          [0, 1, 0],
          [5, 5, 5],
        ],
        { requiresGrad: true },
      );
      const loss = crossEntropy(logits, labels);
      loss.backward();
      expect(loss.item()).toBeCloseTo(0.979525, 5);
      expect(Array.from((logits.grad as Tensor).at(0).toTypedArray())[2]).toBeCloseTo(-0.167379, 5);
      expect(
        nllLoss(
          noGrad(() => logits.logSoftmax(1)),
          labels,
        ).item(),
      ).toBeCloseTo(0.979525, 5);
      expect(oneHot(tensor([1, 0], { dtype }), 2).toArray()).toEqual([
        [0, 1],
        [1, 0],
      ]);
      const table = tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { requiresGrad: true },
      );
      embedding(tensor([[1, 1]], { dtype }), table)
        .sum()
        .backward();
      expect(table.grad?.toArray()).toEqual([
        [0, 0],
        [2, 2],
      ]);
      expect(
        zeros(3)
          .scatterAdd(0, tensor([0, 2, 2], { dtype }), ones(3))
          .toArray(),
      ).toEqual([1, 0, 2]);
    }
  });

  test.each<[string, () => unknown]>([
    ["gather", () => ones(3).gather(0, index(0, 2 ** 40))],
    ["indexSelect", () => ones(3).indexSelect(0, index(0, 2 ** 40))],
    ["scatterAdd", () => ones(3).scatterAdd(0, index(0, 2 ** 40), ones(2))],
    ["embedding", () => embedding(index(0, 2 ** 40), ones([3, 1]))],
    ["oneHot", () => oneHot(index(0, 2 ** 40), 3)],
    ["crossEntropy", () => crossEntropy(ones([2, 3]), index(0, 2 ** 40))],
    ["nllLoss", () => nllLoss(ones([2, 3]), index(0, 2 ** 40))],
  ])("%s refuses one beyond int32 and one beyond the dimension", (name, call) => {
    const before = memory().liveTensors;
    expect(() => scope(call)).toThrow(IndexError);
    expect(() => scope(call)).toThrow(`${name}: element 1 of int64[2] is 1099511627776, which int32 cannot hold`);
    expect(memory().liveTensors).toBe(before);
    expect(() => ones(3).gather(0, index(0, 3))).toThrow(/index 3 at position 1 is outside \[0, 2\]/);
  });
});

describe("arithmetic", () => {
  test("of int64 beyond int32 is refused, before anything is written", () => {
    const x = tensor(BigInt64Array.of(1n, 2n ** 40n));
    const { liveTensors, liveBytes } = memory();
    const calls: [name: string, call: () => unknown][] = [
      ["add", () => x.add(1)],
      ["mul", () => x.mul(x)],
      ["sum", () => x.sum()],
      ["cumsum", () => x.cumsum(0)],
      ["eq", () => x.eq(x)],
      ["lt", () => x.lt(5)],
      ["neg", () => x.neg()],
      ["maximum", () => x.clamp({ min: 0 })],
      ["copy_", () => zeros([2], { dtype: "int32" }).copy_(x)],
      ["to", () => x.to("uint8")],
    ];
    for (const [name, call] of calls) {
      expect(() => scope(call)).toThrow(ArgError);
      expect(() => scope(call)).toThrow(`${name}: element 1 of int64[2] is 1099511627776, which int32 cannot hold; .float() rounds it`);
    }
    expect(memory()).toMatchObject({ liveTensors, liveBytes });
    expect(scope(() => x.float().add(1).toArray())).toEqual([2, 2 ** 40]);
    expect(scope(() => x.div(2).toArray())).toEqual([0.5, 2 ** 39]);
    expect(scope(() => x.mul(0.5).toArray())).toEqual([0.5, 2 ** 39]);
  });

  test.each(HALVES)("of %s is computed in float32", (dtype) =>
    scope(() => {
      const x = tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype },
      );
      const y = x.float();
      const calls: ((t: Tensor) => Tensor)[] = [
        (t) => t.add(0.1),
        (t) => t.mul(t),
        (t) => t.pow(2),
        (t) => t.exp(),
        (t) => t.softplus({ beta: 2 }),
        (t) => t.clamp({ min: 2 }),
        (t) => t.mean(0),
        (t) => t.std(1),
        (t) => t.max(1).values,
        (t) => t.argmax(),
        (t) => t.logsumexp(0),
        (t) => t.softmax(1),
        (t) => t.sum({ dim: 1, keepdim: true }),
        (t) => t.cumsum(1),
        (t) => nn.functional.mseLoss(t, y),
        (t) => crossEntropy(y, t),
      ];
      for (const call of calls) expect(call(x).toTypedArray()).toEqual(call(y).toTypedArray());
      for (const refused of [() => x.matmul(x), () => conv2d(ones([1, 1, 2, 2], { dtype }), ones([1, 1, 1, 1])), () => matmul(y, x)]) {
        expect(refused).toThrow(DTypeError);
        expect(refused).toThrow(/convert it with \.float\(\)/);
      }
    }),
  );
});

describe("gradients", () => {
  test.each(STORED)("%s cannot require one", (dtype) => {
    for (const call of [
      () => ones([2], { dtype, requiresGrad: true }),
      () => (ones([2], { dtype }).requiresGrad = true),
      () => new nn.Parameter(ones([2], { dtype })),
    ])
      expect(call).toThrow(DTypeError);
  });

  // PyTorch: x.half().float().backward(g) gives g.half().float().
  test.each([
    ["float16", 0.0999755859375],
    ["bfloat16", 0.10009765625],
  ] as const)("pass %s, rounded as the values are", (dtype, tenth) => {
    const x = tensor([1, 2], { requiresGrad: true });
    const stored = x.to(dtype);
    expect([stored.requiresGrad, stored.isLeaf]).toEqual([true, false]);
    stored.float().backward({ gradient: tensor([0.1, 2]) });
    expect(x.grad?.toArray()).toEqual([tenth, 2]);
    const y = tensor([1, 2], { requiresGrad: true });
    y.to(dtype).to(dtype).reshape(2, 1).flip(0).mul(3).sum().backward();
    expect(y.grad?.toArray()).toEqual([3, 3]);
  });

  test("pass from one 16-bit dtype to the other, through moves of many kinds, and a second time", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const y = bfloat16(half(x));
    const moved = cat([
      where(tensor([true, false, true]), y, 0),
      y.gather(0, tensor([1, 1], { dtype: "int64" })),
      y.narrow(0, 2, 1),
      y.clone(),
    ]);
    moved.float().sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 3, 3]);
    const z = tensor([2], { requiresGrad: true });
    const first = z.half().float().pow(3).sum();
    first.backward({ createGraph: true });
    const g = z.grad as Tensor;
    z.grad = null;
    g.sum().backward();
    expect([g.item(), (z.grad as Tensor | null)?.item()]).toEqual([12, 12]);
  });

  test("do not pass integers, and edits in place refuse what needs one", () => {
    const x = ones(2, { requiresGrad: true });
    expect(long(x).requiresGrad).toBe(false);
    expect(() => half(x).fill_(1)).toThrow(GradError);
  });

  test("a frozen 16-bit weight leaves the gradient of its input", () => {
    const weight = half(tensor([[0.5, 2]]));
    const x = tensor([[1, 1]], { requiresGrad: true });
    nn.functional.linear(x, weight.float()).sum().backward();
    expect(x.grad?.toArray()).toEqual([[0.5, 2]]);
  });
});

describe("modules", () => {
  test("load 16-bit states, and buffers keep them", () => {
    const model = new nn.Linear(2, 1);
    model.loadStateDict({ weight: half(tensor([[0.1, 2]])), bias: bfloat16(tensor([3])) });
    expect([model.weight.dtype, model.weight.toArray()]).toEqual(["float32", [[0.0999755859375, 2]]]);
    expect(new nn.Buffer(half(ones(2))).dtype).toBe("float16");
  });
});

describe("memory", () => {
  test.each<[DType, number]>([
    ["float16", 2],
    ["bfloat16", 2],
    ["int64", 8],
  ])("%s takes %i bytes, and reading leaves nothing", (dtype, size) => {
    const before = memory();
    const x = ones([1000], { dtype });
    expect(memory().liveBytes - before.liveBytes).toBe(1000 * size);
    x.toArray();
    String(x);
    x.dispose();
    expect(memory()).toMatchObject({ liveTensors: before.liveTensors, liveBytes: before.liveBytes });
  });

  test("a shape that does not fit is refused as for others", () => {
    expect(() => tensor(BigInt64Array.of(1n, 2n), { shape: [3] })).toThrow(ShapeError);
  });
});

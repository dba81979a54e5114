// Products with Jacobian and Hessian matrices, and these matrices: shapes, values, nesting, and that nothing leaks.
import {
  ArgError,
  Generator,
  GradError,
  grad,
  gradcheck,
  hessian,
  hvp,
  jacobian,
  jvp,
  noGrad,
  randn,
  ShapeError,
  StateError,
  scope,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  zeros,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose, live } from "../support.js";

const values = (...shape: number[]): Tensor => randn(shape, { generator: new Generator(shape.reduce((a, b) => 31 * a + b, 7)) });

/** x^2 y along the last dimension, of which the derivatives are known. */
const f = (x: Tensor, y: Tensor): Tensor => x.square().mul(y);

describe("jacobian", () => {
  it.each([
    [[], []],
    [[2], [2]],
    [[2, 3], [3]],
    [[0], [0]],
    [
      [1, 2],
      [2, 1],
    ],
  ])("of results and inputs of any shape: %s, %s", (a, b) => {
    const [x, y] = [values(...a), values(...b)];
    const out = f(x, y);
    const [dx, dy] = jacobian(f)(x, y) as [Tensor, Tensor];
    expect([dx.shape, dy.shape]).toEqual([
      [...out.shape, ...a],
      [...out.shape, ...b],
    ]);
    // Row by row it is what backward() gives.
    for (let i = 0; i < out.size; i++) {
      const one = zeros(out.size).toTypedArray() as Float32Array;
      one[i] = 1;
      const [gx, gy] = valueAndGrad((p, q) => f(p, q).reshape(-1).mul(tensor(one)).sum())(x, y).grads as [Tensor, Tensor];
      expect(dx.reshape(out.size, -1).at(i).toArray()).toEqual(gx.reshape(-1).toArray());
      expect(dy.reshape(out.size, -1).at(i).toArray()).toEqual(gy.reshape(-1).toArray());
    }
  });

  it("of one input is a tensor, of several a list, of several results lists in their nesting", () => {
    const x = tensor([1, 2]);
    expect(jacobian((t) => t.square())(x).toArray()).toEqual([
      [2, 0],
      [0, 4],
    ]);
    const nested = jacobian((t: Tensor) => ({ a: t.sum(), b: [t.mul(3)] }))(x);
    expect([nested.a.toArray(), nested.b[0].toArray()]).toEqual([
      [1, 1],
      [
        [3, 0],
        [0, 3],
      ],
    ]);
    const byName = jacobian((p: { w: Tensor; b: Tensor }) => p.w.mul(x).add(p.b))({ w: tensor([5, 6]), b: tensor(1) });
    expect([byName.w.toArray(), byName.b.toArray()]).toEqual([
      [
        [1, 0],
        [0, 2],
      ],
      [1, 1],
    ]);
  });

  it("by argnums is that of the named inputs; others may be anything", () => {
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    const diagonal = [
      [1, 0],
      [0, 4],
    ];
    expect(jacobian(f, { argnums: 1 })(x, y).toArray()).toEqual(diagonal);
    expect(jacobian(f, { argnums: -1 })(x, y).toArray()).toEqual(diagonal);
    expect(jacobian(f, { argnums: [1] })(x, y).map((t) => t.toArray())).toEqual([diagonal]);
    const order = tensor([1, 0], { dtype: "int32" });
    expect(
      jacobian((t: Tensor, index: Tensor, name: string) => (name === "twice" ? t.indexSelect(0, index).mul(2) : t), { argnums: 0 })(
        x,
        order,
        "twice",
      ).toArray(),
    ).toEqual([
      [0, 2],
      [2, 0],
    ]);
  });

  it("of a constant, or of whole numbers, is zeros", () => {
    const x = tensor([1, 2]);
    expect(jacobian((_) => tensor([1, 2, 3]))(x).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(jacobian((t) => t.gt(1))(x).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("nests, and is recorded where other tensors require a gradient", () => {
    const x = tensor([1, 2]);
    const third = jacobian((t) => jacobian((u) => jacobian((v) => v.pow(3).sum())(u))(t))(x);
    expect(third.toArray()).toEqual([
      [
        [6, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 6],
      ],
    ]);
    const w = tensor([3, 4], { requiresGrad: true });
    const matrix = jacobian((t) => t.square().mul(w))(x);
    matrix.sum().backward();
    expect(w.grad?.toArray()).toEqual([2, 4]);
    expect(noGrad(() => jacobian((t) => t.square().mul(w))(x)).requiresGrad).toBe(false);
    expect(jacobian((t) => t.square())(x).requiresGrad).toBe(false);
  });
});

describe("hessian", () => {
  it("of one input is a tensor, of several a list of lists", () => {
    expect(hessian((t) => t.pow(3).sum())(tensor([1, 2])).toArray()).toEqual([
      [6, 0],
      [0, 12],
    ]);
    const [[xx, xy], [yx, yy]] = hessian((x, y) => x.square().mul(y.sum()).sum())(tensor([1, 2]), tensor([[3], [4], [5]])) as [
      [Tensor, Tensor],
      [Tensor, Tensor],
    ];
    expect([xx, xy, yx, yy].map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 3, 1],
      [3, 1, 2],
      [3, 1, 3, 1],
    ]);
    expect(xx.toArray()).toEqual([
      [24, 0],
      [0, 24],
    ]);
    expect([...xy.toTypedArray()]).toEqual([2, 2, 2, 4, 4, 4]);
    expect([...yx.toTypedArray()]).toEqual([2, 4, 2, 4, 2, 4]);
    expect([...yy.toTypedArray()]).toEqual(new Array(9).fill(0));
  });

  it("of linear and of constant functions is zeros", () => {
    const zero = [
      [0, 0],
      [0, 0],
    ];
    expect(hessian((t) => t.sum())(tensor([1, 2])).toArray()).toEqual(zero);
    expect(hessian((_) => tensor(1))(tensor([1, 2])).toArray()).toEqual(zero);
  });

  it("of nested inputs is nested twice", () => {
    const h = hessian((p: { a: Tensor; b: Tensor }) => p.a.mul(p.b).sum())({ a: tensor([1, 2]), b: tensor(3) });
    expect(h.a.b.toArray()).toEqual([1, 1]);
    expect(h.b.a.toArray()).toEqual([1, 1]);
    expect(h.b.b.toArray()).toBe(0);
  });

  it("by argnums, and of fused kernels", () => {
    const [x, w] = [values(2, 3), values(3, 3)];
    const loss = (a: Tensor, b: Tensor): Tensor => a.matmul(b).softmax(1).square().sum();
    const h = hessian(loss, { argnums: 0 })(x, w);
    expect(h.shape).toEqual([2, 3, 2, 3]);
    expectClose(h.reshape(6, 6), h.reshape(6, 6).t(), 1e-6);
    expectClose(h, (hessian(loss)(x, w)[0] as Tensor[])[0] as Tensor, 1e-6);
    const v = values(2, 3);
    expectClose(h.mul(v).sum([2, 3]), hvp((a) => loss(a, w), x, v)[1], 2e-6);
  });
});

describe("vjp, jvp and hvp", () => {
  test("agree with the matrices", () => {
    const [x, y] = [values(2, 3), values(3)];
    const g = (a: Tensor, b: Tensor): Tensor => a.matmul(b.reshape(3, 1)).tanh().mul(b);
    const [jx, jy] = jacobian(g)(x, y) as [Tensor, Tensor]; // [2, 3, 2, 3], [2, 3, 3]
    const [u, v, c] = [values(3, 2).t(), values(3), values(2, 3)];

    const [out, pull] = vjp(g, x, y);
    expect(out.toArray()).toEqual(g(x, y).toArray());
    const [px, py] = pull(c) as [Tensor, Tensor];
    expectClose(px, jx.mul(c.reshape(2, 3, 1, 1)).sum([0, 1]), 1e-6);
    expectClose(py, jy.mul(c.unsqueeze(2)).sum([0, 1]), 1e-6);
    expect((pull(c)[0] as Tensor).toArray()).toEqual(px.toArray());

    const [value, product] = jvp(g, [x, y], [u, v]);
    expect(value.toArray()).toEqual(out.toArray());
    expectClose(product, jx.mul(u).sum([2, 3]).add(jy.mul(v).sum(2)), 2e-6);
  });

  test("take one tensor or lists, and give the nesting of the function and of the inputs", () => {
    const x = tensor([1, 2]);
    expect(jvp((t) => t.square(), x, tensor([1, 10])).map((t) => t.toArray())).toEqual([
      [1, 4],
      [2, 40],
    ]);
    const [value, product] = jvp((t: Tensor) => ({ y: t.exp().log(), constant: tensor(5) }), [x], [tensor([3, 4])]);
    expectClose(value.y, x, 1e-6);
    expectClose(product.y, [3, 4], 1e-6);
    expect([value.constant.item(), product.constant.item()]).toEqual([5, 0]);

    const [total, [hx, hy]] = hvp((a, b) => a.square().mul(b).sum(), [x, tensor([3, 4])], [tensor([1, 0]), tensor([0, 1])]) as [
      Tensor,
      [Tensor, Tensor],
    ];
    expect([total.item(), hx.toArray(), hy.toArray()]).toEqual([19, [6, 4], [2, 0]]);
    expect(hvp((t) => t.sum(), x, x)[1].toArray()).toEqual([0, 0]);

    const [pair, pull] = vjp((p: { a: Tensor }) => [p.a.mul(2), p.a.sum()], { a: x });
    expect(pair.map((t) => t.toArray())).toEqual([[2, 4], 3]);
    expect(pull([tensor([1, 1]), tensor(10)])[0].a.toArray()).toEqual([12, 12]);
  });

  test("are recorded where other tensors, or the vectors, require a gradient", () => {
    const [x, w, v] = [tensor([1, 2]), tensor([3, 4], { requiresGrad: true }), tensor([1, 1], { requiresGrad: true })];
    const g = (t: Tensor): Tensor => t.pow(3).mul(w);
    jvp(g, x, v)[1].sum().backward(); // 3 x^2 w v
    expect([w.grad?.toArray(), v.grad?.toArray()]).toEqual([
      [3, 12],
      [9, 48],
    ]);
    w.grad = null;
    hvp((t) => g(t).sum(), x, v.detach())[1]
      .sum()
      .backward(); // 6 x w v
    expect((w as Tensor).grad?.toArray()).toEqual([6, 12]);
    const [out, pull] = vjp((t) => t.square(), x);
    expect([out.requiresGrad, pull(x)[0].requiresGrad, pull(v)[0].requiresGrad]).toEqual([false, false, true]);
    expect(noGrad(() => pull(v)[0].requiresGrad)).toBe(false);
    expect(jvp((t) => t.square(), x, x)[1].requiresGrad).toBe(false);
    expect(gradcheck((t) => jvp((u) => u.tanh(), t, tensor([1, 2]))[1], [x])).toBe(true);
  });

  test("leave .grad alone and work under noGrad", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const results = noGrad(() => [
      ...jvp((t) => t.square(), w, w),
      ...hvp((t) => t.pow(3).sum(), w, w),
      jacobian((t) => t.square())(w),
      hessian((t) => t.pow(3).sum())(w),
      vjp((t) => t.square(), w)[1](w)[0],
    ]);
    expect(results.map(({ requiresGrad }) => requiresGrad)).toEqual(new Array(results.length).fill(false));
    expect(results[3]?.toArray()).toEqual([6, 24]);
    expect(w.grad).toBe(null);
  });
});

describe("argnums and nesting of grad", () => {
  it("gives gradients in the nesting of the inputs", () => {
    const loss = (p: { w: Tensor; b: Tensor[] }, x: Tensor, power: number): Tensor =>
      p.w
        .mul(x)
        .add(p.b[0] as Tensor)
        .pow(power)
        .sum();
    const p = { w: tensor([1, 2]), b: [tensor(1)] };
    const g = grad(loss)(p, tensor([3, 4]), 2);
    expect([g.w.toArray(), g.b[0]?.toArray()]).toEqual([[24, 72], 26]);
    expect(grad(loss, { argnums: 1 })(p, tensor([3, 4]), 2).toArray()).toEqual([8, 36]);
    const [gx, gp] = grad(loss, { argnums: [1, 0] })(p, tensor([3, 4]), 2);
    expect([gx.toArray(), gp.w.toArray()]).toEqual([
      [8, 36],
      [24, 72],
    ]);
    const { value, grads } = valueAndGrad(loss, { argnums: [0] })(p, tensor([3, 4]), 2);
    expect([value.item(), grads[0].w.toArray()]).toEqual([97, [24, 72]]);
  });

  it("leaves inputs that are not named alone", () => {
    const labels = tensor([1, 0], { dtype: "int32" });
    expect(
      grad((x, index) =>
        x
          .indexSelect(0, index)
          .mul(tensor([1, 10]))
          .sum(),
      )(tensor([5, 6]), labels).toArray(),
    ).toEqual([10, 1]);
  });
});

describe("memory", () => {
  const x = tensor([1, 2, 3]);
  const w = tensor([2, 2, 2], { requiresGrad: true });
  const calls: [string, () => unknown, number][] = [
    ["jacobian", () => jacobian((t) => t.square())(x), 1],
    ["jacobian, recorded", () => jacobian((t) => t.square().mul(w))(x), 1],
    ["jacobian of nothing", () => jacobian((t) => t.slice([0, 0]))(x), 1],
    ["hessian", () => hessian((t) => t.pow(3).sum())(x), 1],
    ["hessian of two", () => hessian((a, b) => a.pow(3).mul(b).sum())(x, x), 4],
    ["jvp", () => jvp((t) => t.square(), x, x), 2],
    ["hvp", () => hvp((t) => t.pow(3).sum(), x, x), 2],
    ["grad by argnums", () => grad((a, b) => a.mul(b).sum(), { argnums: [0, 1] })(x, x), 2],
  ];
  it.each(calls)("%s leaves nothing but its results", (_, call, count) => {
    const before = live();
    const results = [call()].flat(3) as Tensor[];
    expect(results.length).toBe(count);
    expect(live().liveTensors).toBe(before.liveTensors + count);
    for (const made of results) made.dispose();
    expect(live()).toEqual(before);
  });

  it("vjp holds what its function needs until the scope around it ends", () => {
    const before = live();
    scope(() => {
      const [, pull] = vjp((t) => t.exp(), x);
      pull(x);
      pull(x);
    });
    expect(live()).toEqual(before);
    const [, pull] = scope(() => vjp((t) => t.exp(), x));
    expect(() => pull(x)).toThrow(StateError);
  });

  it("errors leave nothing", () => {
    const before = live();
    const failing = (t: Tensor): Tensor => {
      t.mul(2);
      throw new RangeError("mine");
    };
    const works = [
      () => jacobian(failing)(x),
      () => hessian(failing)(x),
      () => vjp(failing, x),
      () => jvp(failing, x, x),
      () => hvp(failing, x, x),
    ];
    for (const work of works) expect(work).toThrow(RangeError);
    expect(live()).toEqual(before);
  });
});

describe("refusals", () => {
  const x = tensor([1, 2]);
  const double = (t: Tensor): Tensor => t.mul(2);
  const total = (t: Tensor): Tensor => t.sum();
  const numbers = jacobian((() => 3) as unknown as typeof double);
  const promises = jacobian((async (t: Tensor) => t) as unknown as typeof double);
  const refused: [string, () => unknown, new (message: string) => Error, RegExp][] = [
    ["no function", () => jacobian(3 as never), ArgError, /jacobian: takes a function to run, such as jacobian\(\(\) => ...\), got 3/],
    ["no function to hessian", () => hessian(null as never), ArgError, /hessian: takes a function/],
    ["no function to vjp", () => vjp(3 as never, x), ArgError, /vjp: takes a function/],
    ["no function to jvp", () => jvp(3 as never, x, x), ArgError, /jvp: takes a function/],
    ["no input", () => vjp(double), ArgError, /vjp: the function needs at least one tensor/],
    ["no input to jacobian", () => (jacobian(double) as () => unknown)(), ArgError, /jacobian: the function needs at least one tensor/],
    ["an empty list", () => jvp(double, [], []), ArgError, /jvp: the function needs at least one tensor/],
    ["an input that is no tensor", () => vjp(double, 3 as never), ArgError, /vjp: expected a tensor, got 3/],
    ["a result that is no tensor", () => numbers(x), ArgError, /jacobian: expected a tensor, got 3/],
    ["a promise", () => promises(x), ArgError, /jacobian: the function returned a promise/],
    ["a hessian of several numbers", () => hessian(double)(x), GradError, /hessian: needs a scalar/],
    [
      "a hessian of a list",
      () => hessian(((t: Tensor) => [t.sum()]) as unknown as typeof total)(x),
      ArgError,
      /hessian: the function must give one number/,
    ],
    ["hvp of several numbers", () => hvp(double, x, x), GradError, /hvp: needs a scalar/],
    ["a vector of another shape", () => hvp(total, x, tensor([1])), ShapeError, /hvp: the gradient of float32\[2\] is float32\[1\]/],
    ["too many tangents", () => jvp(double, [x], [x, x]), ArgError, /jvp: tangents has 2 tensors, but there are 1: float32\[2\]/],
    ["a cotangent of another shape", () => vjp(double, x)[1](tensor(1)), ShapeError, /vjp: the gradient of float32\[2\] is float32\[\]/],
    ["too few cotangents", () => vjp(double, x)[1]([] as never), ArgError, /vjp: cotangents has 0 tensors/],
    [
      "an input that is not there",
      () => jacobian(double, { argnums: 1 })(x),
      ArgError,
      /argnums must be a whole number from -1 to 0, got 1/,
    ],
    [
      "an input named twice",
      () => grad(f, { argnums: [0, -2] })(x, x),
      ArgError,
      /grad: argnums must name inputs, each once, got \[0,-2\]/,
    ],
    ["no names", () => grad(f, { argnums: [] })(x, x), ArgError, /argnums must name inputs/],
    ["an unknown option", () => jacobian(double, { vectorize: true } as never)(x), ArgError, /jacobian: there is no option "vectorize"/],
    ["nesting without end", () => grad(total as never)(endless() as never), ArgError, /must not contain themselves/],
  ];
  it.each(refused)("%s", (_, call, error, says) => {
    const before = live();
    expect(() => scope(call as () => Tensor)).toThrow(error);
    expect(() => scope(call as () => Tensor)).toThrow(says);
    expect(live()).toEqual(before);
  });
});

function endless(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

// Indices out of range, wrong dtypes, misused gradients, disposed tensors, sizes beyond the memory.
import * as sg from "simdgrad";
import { scope, type Tensor, tensor, zeros } from "simdgrad";
import * as int8 from "simdgrad/quantize";
import { dead, f, i, leaf, q, type Row } from "./make.js";

const wantGrad = (x: Tensor, wanted: boolean): void => {
  x.requiresGrad = wanted;
};

export const indexRows: readonly Row[] = [
  ["sum over dim 2 of rank 2", [f(2, 3)], (x) => x.sum(2), /^sum: dim 2 is outside \[-2, 1\] of a tensor of rank 2/],
  ["softmax over dim -3 of rank 2", [f(2, 3)], (x) => x.softmax(-3), /^softmax: dim -3 is outside \[-2, 1\]/],
  ["x.at(5) of length 3", [f(3)], (x) => x.at(5), /^at: index 5 is outside \[-3, 2\] of dimension 0 of float32\[3\]/],
  ["x.at(0) of a scalar", [f()], (x) => x.at(0), /^at: a scalar has no rows/],
  ["select(1, 3) of 3", [f(2, 3)], (x) => x.select(1, 3), /^select: index 3 is outside \[-3, 2\] of dimension 1/],
  ["narrow(0, 2, 2) of 3", [f(3)], (x) => x.narrow(0, 2, 2), /^narrow: elements 2 to 4 are not all in dimension 0 of float32\[3\]/],
  ["a slice that selects nothing", [f(3)], (x) => x.slice([5, 9]), /^slice: 5:9:1 selects nothing from dimension 0 of float32\[3\]/],
  ["two ranges for one dimension", [f(3)], (x) => x.slice([0], [0]), /^slice: got 2 ranges for float32\[3\]/],
  ['get("0, 0") of one dimension', [f(3)], (x) => x.get("0, 0"), /^get: the index names 2 dimensions of float32\[3\]/],
  ["embedding id 5 of 3", [i(0, 5), f(3, 2)], (n, w) => sg.embedding(n, w), /^embedding: index 5 at position 1 is outside \[0, 2\]/],
  ["embedding id -1", [i(-1), f(3, 2)], (n, w) => sg.embedding(n, w), /^embedding: index -1 at position 0 is outside \[0, 2\]/],
  [
    "gather index 23",
    [
      f(2, 2),
      () =>
        tensor(
          [
            [0, 1],
            [23, 0],
          ],
          { dtype: "int32" },
        ),
    ],
    (x, n) => x.gather(1, n),
    /^gather: index 23 at position 2 is outside \[0, 1\]/,
  ],
  [
    "scatterAdd index 34",
    [f(3), i(0, 34), f(2)],
    (x, n, s) => x.scatterAdd(0, n, s),
    /^scatterAdd: index 34 at position 1 is outside \[0, 2\]/,
  ],
  ["indexSelect index -1", [f(3), i(-1)], (x, n) => x.indexSelect(0, n), /^indexSelect: index -1 at position 0/],
  [
    "cross-entropy target 3 of 3",
    [f(2, 3), i(0, 3)],
    (x, y) => sg.crossEntropy(x, y),
    /^crossEntropy: index 3 at position 1 is outside \[0, 2\]/,
  ],
  [
    "cross-entropy target -1",
    [f(2, 3), i(-1, 0)],
    (x, y) => sg.crossEntropy(x, y, { reduction: "sum" }),
    /^crossEntropy: index -1 at position 0/,
  ],
  ["one-hot 3 of 2", [i(0, 3)], (n) => sg.oneHot(n, 2), /^oneHot: index 3 at position 1 is outside \[0, 1\]/],
];

export const dtypeRows: readonly Row[] = [
  ["embedding by floats", [f(2), f(3, 2)], (n, w) => sg.embedding(n, w), /^embedding: indices must be int32, got float32\[2\]/],
  ["gather by NaN", [f(1), () => tensor([Number.NaN])], (x, n) => x.gather(0, n), /^gather: indices must be int32, got float32\[1\]/],
  [
    "cross-entropy with bool targets",
    [f(2, 3), () => tensor([true, false])],
    (x, y) => sg.crossEntropy(x, y),
    /^crossEntropy: x is .* so the targets must be int32/,
  ],
  ["one-hot of floats", [f(2)], (n) => sg.oneHot(n, 2), /^oneHot: indices must be int32/],
  ["requiresGrad on integers", [i(1)], (x) => wantGrad(x, true), /^requiresGrad: needs float32, got int32\[1\]/],
  [
    "zeros with both",
    [],
    () => zeros(2, { dtype: "int32", requiresGrad: true }),
    /^zeros: only float32 tensors can require a gradient, this one is int32/,
  ],
  ["quantize of integers", [i(1)], (x) => int8.quantize(x), /^quantize: needs float32, got int32\[1\]/],
  ["dequantize of floats", [f(2)], (x) => int8.dequantize(x, 1), /^dequantize: needs int8, got float32\[2\]; make it with quantize/],
  ["an int8 product of floats", [f(2, 2)], (x) => int8.int8Matmul(x, x), /^int8Matmul: needs int8, got float32\[2,2\]/],
  [
    "a quantized layer of int8 without a scale",
    [q(2, 3), q(4, 3), f()],
    (x, values, scale) => int8.quantizedLinear(x, { values, scale }),
    /^quantizedLinear: x int8\[2,3\] needs its scale; pass \{ values, scale \}/,
  ],
  ["relu of integers", [i(1)], (x) => x.relu(), /^relu: needs float32, got int32\[1\]; convert it with \.float\(\)/],
  ["softmax of integers along dim 0", [() => i(1, 2)().reshape(2, 1)], (x) => x.softmax(0), /^softmax: needs float32/],
  ["mean of integers", [i(1, 2)], (x) => x.mean(), /^mean: needs float32, got int32\[2\]/],
  ["cat of two dtypes", [f(1), i(1)], (a, b) => sg.cat([a, b]), /^cat: all tensors need one dtype, got float32\[1\] and int32\[1\]/],
  ["where without a mask", [f(1)], (x) => sg.where(x, x, 0), /^where: the condition must be bool, got float32\[1\]/],
  [
    "bits of float32",
    [f(1), i(1)],
    (a, b) => sg.bitwiseAnd(a, b),
    /^bitwiseAnd: needs whole numbers or bool, got float32\[1\] and int32\[1\]/,
  ],
  ["backward from integers", [leaf, i(1, 2)], (x, g) => x.backward({ gradient: g }), /^backward: needs float32, got int32\[2\]/],
];

export const gradRows: readonly Row[] = [
  ["backward on a non-scalar", [leaf], (x) => scope(() => x.mul(2).backward()), /^backward: needs a scalar, got float32\[2\]/],
  [
    "backward a second time",
    [leaf],
    (x) =>
      scope(() => {
        const y = x.square().sum();
        y.backward();
        x.grad?.dispose();
        x.grad = null;
        y.backward();
      }),
    /was freed by an earlier backward\(\)/,
  ],
  ["backward without a path", [f(1)], (x) => x.backward(), /^backward: float32\[1\] has no path to a tensor with requiresGrad/],
  [
    "fill_ of a leaf that requires a gradient",
    [leaf],
    (x) => x.fill_(0),
    /^fill_: float32\[2\] requires a gradient, and cannot be edited in place; wrap/,
  ],
  ["copy_ into one", [leaf, f(2)], (x, y) => x.copy_(y), /^copy_: .*noGrad/],
  ["fill_ of a result", [leaf], (x) => scope(() => x.mul(2).zero_()), /cannot be edited in place/],
  ["requiresGrad of a result", [leaf], (x) => scope(() => wantGrad(x.mul(2), false)), /^requiresGrad: only leaves can be changed/],
];

export const stateRows: readonly Row[] = [
  ["use after dispose", [dead], (x) => x.add(1), /^add: float32\[2\] was disposed/],
  ["use after dispose, next to a number", [dead], (x) => sg.add(1, x), /^add: float32\[2\] was disposed/],
  ["detach after dispose", [dead], (x) => x.detach(), /^detach: float32\[2\] was disposed/],
];

export const memoryRows: readonly Row[] = [
  ["zeros(2**31, 2**31)", [], () => zeros(2 ** 31, 2 ** 31), /^zeros: \[2147483648,2147483648\] has .* elements; at most 4294967296 fit/],
  ["an expansion to a tebibyte", [f(1)], (x) => x.expand(2 ** 20, 2 ** 18), /^expand: \[1048576,262144\] has 274877906944 elements/],
  ["a size over the cap", [], () => zeros(2 ** 30), /4294967296 bytes requested/],
];

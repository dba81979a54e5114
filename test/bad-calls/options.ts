// Options by other names, in other places and of other types: each would be ignored, or become NaN in a kernel, without a word.
import * as sg from "simdgrad";
import { nn, ones, randint, randn, tensor, zeros } from "simdgrad";
import { f, i, type Row } from "./make.js";

/** A call as someone writes it who does not read the types. */
// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
const any = (value: unknown): any => value;

const byName: readonly Row[] = [
  [
    "sum by NumPy's axis",
    [f(2, 3)],
    (x) => x.sum(any({ axis: 0 })),
    /^sum: there is no option "axis", only dim, keepdim; did you mean "dim"\?/,
  ],
  ["argmax by axis", [f(2, 3)], (x) => x.argmax(any({ axis: 1 })), /^argmax: there is no option "axis", only dim, keepdim/],
  ["std by unbiased", [f(3)], (x) => x.std(any({ unbiased: false })), /^std: there is no option "unbiased", .*did you mean "correction"\?/],
  ["mean by keepdims", [f(3)], (x) => x.mean(0, any({ keepdims: true })), /^mean: there is no option "keepdims", only keepdim; did/],
  [
    "conv2d by pad",
    [f(1, 1, 3, 3), f(1, 1, 3, 3)],
    (x, w) => sg.conv2d(x, w, null, any({ pad: 1 })),
    /^conv2d: there is no option "pad", only stride, padding, dilation, groups, fast, activation, negativeSlope, bounds, residual, packed; did you mean "padding"\?/,
  ],
  [
    "crossEntropy by label_smoothing",
    [f(1, 2), i(0)],
    (x, y) => sg.crossEntropy(x, y, any({ label_smoothing: 0.1 })),
    /^crossEntropy: there is no option "label_smoothing", .*did you mean "labelSmoothing"\?/,
  ],
  [
    "tensor by requires_grad",
    [],
    () => tensor([1], any({ requires_grad: true })),
    /^tensor: there is no option "requires_grad", only shape, dtype, requiresGrad; did you mean "requiresGrad"\?/,
  ],
  ["zeros by shape", [], () => zeros(any({ shape: [2] })), /^zeros: there is no option "shape", only dtype, requiresGrad/],
  ["randn by seed", [], () => randn([2], any({ seed: 1 })), /^randn: there is no option "seed", only dtype, requiresGrad, generator/],
  [
    "batchNorm by momentun",
    [f(2, 3)],
    (x) => sg.batchNorm(x, null, null, any({ momentun: 1 })),
    /^batchNorm: there is no option "momentun"/,
  ],
  [
    "Conv2d by strides",
    [],
    () => new nn.Conv2d(1, 1, 3, any({ strides: 2 })),
    /^Conv2d: there is no option "strides", .*did you mean "stride"/,
  ],
  ["MaxPool2d by ceil_mode", [], () => new nn.MaxPool2d(2, any({ ceil_mode: true })), /^MaxPool2d: .*did you mean "ceilMode"\?/],
  ["LeakyReLU by slope", [], () => new nn.LeakyReLU(any({ slope: 0.2 })), /^LeakyReLU: .*did you mean "negativeSlope"\?/],
];

const byPlace: readonly Row[] = [
  [
    "Linear(2, 3, false)",
    [],
    () => new nn.Linear(2, 3, any(false)),
    /^Linear: options go into one object, such as \{ bias: false \}, got false/,
  ],
  [
    "Conv2d(1, 1, 3, 2, 1)",
    [],
    () => new nn.Conv2d(1, 1, 3, any(2)),
    /^Conv2d: options go into one object, such as \{ stride: 2 \}, got 2/,
  ],
  ["LayerNorm(3, 1e-6)", [], () => new nn.LayerNorm(3, any(1e-6)), /^LayerNorm: options go into one object, such as \{ eps: 0\.000001 \}/],
  [
    'MSELoss("sum")',
    [],
    () => new nn.MSELoss(any("sum")),
    /^MSELoss: options go into one object, such as \{ reduction: "sum" \}, got "sum"/,
  ],
  [
    "CrossEntropyLoss(weight)",
    [f(2)],
    (w) => new nn.CrossEntropyLoss(any(w)),
    /^CrossEntropyLoss: options go into one object, \{ weight, ignoreIndex, reduction, labelSmoothing \}, got a tensor float32\[2\]/,
  ],
  ['mseLoss(x, y, "sum")', [f(2), f(2)], (x, y) => sg.mseLoss(x, y, any("sum")), /^mseLoss: options go into one object, such as/],
  ["layerNorm(x, 3, weight)", [f(3), f(3)], (x, w) => sg.layerNorm(x, 3, any(w)), /^layerNorm: options go into one object, .*got a tensor/],
  ["batchNorm with a module", [f(2, 3)], (x) => sg.batchNorm(x, null, null, any(new nn.ReLU())), /^batchNorm: .*got a ReLU/],
  ["sum(0, true)", [f(2, 3)], (x) => x.sum(0, any(true)), /^sum: options go into one object, such as \{ keepdim: true \}, got true/],
  ["max(0, true)", [f(2, 3)], (x) => x.max(0, any(true)), /^max: options go into one object, such as \{ keepdim: true \}, got true/],
  ["max of a tensor and an array", [f(2)], (x) => x.max(any([1, 2])), /^max: dim must be a whole number or the other tensor, got \[1,2\]/],
  ["argmax([1])", [f(2, 3)], (x) => x.argmax(any([1])), /^argmax: dim must be a whole number, got \[1\]/],
  ["sum(null)", [f(2)], (x) => x.sum(any(null)), /^sum: dim must be a whole number, or several in an array, got null/],
  [
    "options twice",
    [f(2)],
    (x) => x.sum({ dim: 0 }, any({ keepdim: true })),
    /^sum: takes no further argument, got an object with keepdim/,
  ],
  ["clamp(0, 1)", [f(2)], (x) => any(x).clamp(0, 1), /^clamp: options go into one object, such as \{ min: 0 \}, got 0/],
  ["options as an array", [f(2)], (x) => x.elu(any([1])), /^elu: options go into one object, .*got \[1\]/],
  ["options as null", [f(2)], (x) => x.elu(any(null)), /^elu: options go into one object, .*got null/],
  ["options as a symbol", [f(2)], (x) => x.elu(any(Symbol("a"))), /^elu: options go into one object, .*got a symbol/],
  ["options as a function", [f(2)], (x) => x.elu(any(Math.max)), /^elu: options go into one object, .*got a function/],
  ["options as a big integer", [f(2)], (x) => x.elu(any(1n)), /^elu: options go into one object, .*got 1n/],
  ["an alpha of mul", [f(2), f(2)], (x, y) => any(x).mul(y, { alpha: 2 }), /^mul: takes no further argument, got an object with alpha/],
  ["an unknown option of div", [f(2), f(2)], (x, y) => any(x).div(y, { rounding: "floor" }), /^div: there is no option "rounding"/],
  [
    "a number for the options of add",
    [f(2), f(2)],
    (x, y) => any(x).add(y, 2),
    /^add: options go into one object, such as \{ alpha: 2 \}, got 2/,
  ],
  ["a second argument of softsign", [f(2)], (x) => any(x).softsign(2), /^softsign: takes no further argument, got 2/],
  ["decimals of round", [f(2)], (x) => any(x).round(2), /^round: options go into one object, such as \{ decimals: 2 \}, got 2/],
  ["a base of log", [f(2)], (x) => any(x).log(10), /^log: takes no further argument, got 10/],
  ["a tolerance of eq", [f(2), f(2)], (x, y) => any(x).eq(y, 1e-3), /^eq: takes no further argument, got 0\.001/],
  ["sizes behind an array of them", [], () => any(zeros)([2], 3), /^zeros: takes one array or numbers one by one, got \[2\], 3/],
  ["reshape([2], 3)", [f(6)], (x) => any(x).reshape([2], 3), /^reshape: takes one array or numbers one by one, got \[2\], 3/],
  ["two indices for at", [f(2, 2)], (x) => any(x).at(0, 1), /^at: takes no further argument, got 1/],
  ["two dimensions for squeeze", [f(1, 1)], (x) => any(x).squeeze(0, 1), /^squeeze: takes no further argument, got 1/],
];

const byType: readonly Row[] = [
  [
    "ignoreIndex: null",
    [f(1, 2), i(0)],
    (x, y) => sg.crossEntropy(x, y, { ignoreIndex: any(null) }),
    /^crossEntropy: ignoreIndex must be a whole number, got null/,
  ],
  ["a NaN eps", [f(3)], (x) => sg.layerNorm(x, 3, { eps: Number.NaN }), /^layerNorm: eps must be a finite number of at least 0, got NaN/],
  [
    "momentum as text",
    [f(2, 3)],
    (x) => sg.batchNorm(x, null, null, { training: true, momentum: any("0.1") }),
    /^batchNorm: momentum must be .*got "0\.1"/,
  ],
  ["keepdim: 1", [f(2)], (x) => x.sum(0, { keepdim: any(1) }), /^sum: keepdim must be true or false, got 1/],
  ["a bias of 1", [], () => new nn.Linear(1, 1, { bias: any(1) }), /^Linear: bias must be true or false, got 1/],
  ["alpha as text", [f(2)], (x) => x.elu({ alpha: any("1") }), /^elu: alpha must be a finite number, got "1"/],
  ["p as text", [f(2)], (x) => x.dropout({ p: any("0.5") }), /^dropout: p must be a number within \[0, 1\], got "0\.5"/],
  [
    "a stride beyond 32 bits",
    [f(1, 1, 4)],
    (x) => x.maxPool1d(1, { stride: 2 ** 32 + 1 }),
    /^maxPool1d: stride must be a whole number from 1 to 2147483647/,
  ],
  [
    "a seed for a generator",
    [],
    () => randint(0, 2, [2], { generator: any(42) }),
    /^randint: generator must be a Generator, such as new Generator\(42\), got 42/,
  ],
  ["requiresGrad: 1", [], () => ones([1], { requiresGrad: any(1) }), /^ones: requiresGrad must be true or false, got 1/],
  ["a bias of false", [f(2, 2), f(2, 2)], (x, w) => sg.linear(x, w, any(false)), /^linear: expected a tensor as bias, got false/],
  ["addmm by a NaN", [f(1), f(1, 1)], (b, x) => sg.addmm(b, x, x, { alpha: Number.NaN }), /^addmm: alpha must be a finite number, got NaN/],
];

export const optionRows: readonly Row[] = [...byName, ...byPlace, ...byType];

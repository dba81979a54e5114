// What is fuzzed: every exported function, every method of Tensor, every class, and the methods of what classes make.
import * as core from "simdgrad";
import { arange, Generator, nn, optim, Tensor, tensor, zeros } from "simdgrad";
import * as data from "simdgrad/data";
import * as io from "simdgrad/io";
import * as metrics from "simdgrad/metrics";
import * as plot from "simdgrad/plot";
import * as quantize from "simdgrad/quantize";
import * as train from "simdgrad/train";
import type { Make } from "./values.js";

/** One thing to call. */
export interface Callable {
  readonly area: Area;
  readonly name: string;
  /** How many arguments it is written with. */
  readonly arity: number;
  /** Good arguments, of which the fuzz replaces some. */
  readonly good: readonly Make[] | undefined;
  /** What a method is called on. */
  readonly self?: Make;
  readonly call: (args: readonly unknown[], self: unknown) => unknown;
}

/** Parts of the library: operations and factories, what runs the caller's functions, methods of Tensor, layers, what holds layers, and so on. */
export type Area = "core" | "autograd" | "Tensor" | "nn" | "module" | "optim" | "data" | "io" | "metrics" | "plot" | "quantize" | "train";

/** The areas that are fuzzed. */
export const AREAS: readonly Area[] = [
  "core",
  "Tensor",
  "nn",
  "module",
  "optim",
  "data",
  "io",
  "metrics",
  "plot",
  "quantize",
  "train",
  "autograd",
];

/** What runs the caller's functions. */
const AUTOGRAD: readonly string[] = [
  ..."intercept keep scope noGrad enableGrad defineOp grad valueAndGrad gradcheck gradgradcheck vjp jvp jacobian hessian hvp".split(" "),
  ..."checkpoint detectAnomaly profile".split(" "),
];

/** These change what the whole process runs on; tests of their own call them wrongly. */
const LEFT_OUT: readonly string[] = ["init", "setThreads"];

/** What holds layers, weights or statistics. */
const HOLDERS: readonly string[] = [
  "Module",
  "Sequential",
  "ModuleList",
  "ModuleDict",
  "Parameter",
  "Buffer",
  "BatchNorm1d",
  "BatchNorm2d",
];

/** Methods that are `@internal`: the declarations do not offer them. */
const INTERNAL: readonly (string | symbol)[] = [
  "attach",
  "reserve",
  "ownTensors",
  "multiplyAdds",
  "tensorsOf",
  "init",
  "update",
  "check",
  "checkInput",
  "copyTo",
  ...["numbers", "arguments", "advance", "checkAll", "checkParams", "saveSlot", "loadSlot", "uses"],
];

const f =
  (...shape: number[]): Make =>
  () =>
    arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);
const i =
  (...values: number[]): Make =>
  () =>
    tensor(values, { dtype: "int32" });
const value =
  (given: unknown): Make =>
  () =>
    given;
const q = (): unknown => zeros(2, 2, { dtype: "int8" });
const mask = (): unknown => tensor([true, false, true]);
const twice = (x: Tensor): Tensor => core.mul(x, 2);
const total = (x: Tensor): Tensor => core.sum(core.square(x));
const images = f(1, 2, 4, 4);
const sequences = f(1, 2, 4);

/** Good arguments by name, of functions whose first argument is not enough. */
const GOOD: Readonly<Record<string, readonly Make[]>> = {
  ...Object.fromEntries(
    "add sub mul div pow maximum minimum eq ne lt le gt ge matmul mseLoss l1Loss".split(" ").map((name) => [name, [f(3), f(3)]]),
  ),
  ...Object.fromEntries(
    "sum mean std variance amax amin argmax argmin max min logsumexp softmax logSoftmax"
      .split(" ")
      .map((name) => [name, [f(2, 3), value(1), value({ keepdim: true })]]),
  ),
  ...Object.fromEntries(
    "maxPool2d avgPool2d maxPool2dWithIndices adaptiveAvgPool2d".split(" ").map((name) => [name, [images, value(2), value({ stride: 1 })]]),
  ),
  ...Object.fromEntries(
    "maxPool1d avgPool1d maxPool1dWithIndices adaptiveAvgPool1d"
      .split(" ")
      .map((name) => [name, [sequences, value(2), value({ stride: 1 })]]),
  ),
  ...Object.fromEntries(
    "Conv1d Conv2d ConvTranspose1d ConvTranspose2d".split(" ").map((name) => [name, [value(1), value(1), value(2), value({ stride: 1 })]]),
  ),
  ...Object.fromEntries("SGD Adam AdamW".split(" ").map((name) => [name, [() => new nn.Linear(1, 1).parameters(), value({ lr: 0.1 })]])),
  heatmap: [
    value([
      [1, 2],
      [3, 4],
    ]),
    value({ title: "title" }),
  ],
  lineChart: [value({ loss: [1, 0.5] }), value({ title: "title" })],
  imageGrid: [value([{ pixels: [0, 1], width: 2, height: 1 }]), value({ title: "title" })],
  addmm: [f(2), f(2, 3), f(3, 2), value({ alpha: 2 })],
  ...Object.fromEntries("checkpoint vjp".split(" ").map((name) => [name, [value(twice), f(3), f(3)]])),
  ...Object.fromEntries("jvp hvp".split(" ").map((name) => [name, [value(name === "jvp" ? twice : total), f(3), f(3)]])),
  ...Object.fromEntries("gradcheck gradgradcheck".split(" ").map((name) => [name, [value(twice), () => [f(3)()], value({ eps: 0.1 })]])),
  ...Object.fromEntries("detectAnomaly profile".split(" ").map((name) => [name, [() => () => zeros(2).exp()]])),
  at: [f(2, 3), value(1)],
  batchNorm: [f(4, 3), f(3), f(3), value({ eps: 1 })],
  binaryCrossEntropyWithLogits: [f(3), f(3), value({ reduction: "sum" })],
  broadcastTo: [f(3), value([2, 3])],
  cat: [() => [zeros(2, 3), zeros(2, 3)], value(1)],
  clamp: [f(3), value({ min: 0 })],
  conv1d: [sequences, f(2, 2, 3), f(2), value({ padding: 1 })],
  conv2d: [images, f(2, 2, 3, 3), f(2), value({ padding: 1 })],
  convTranspose1d: [sequences, f(2, 2, 3), f(2), value({ stride: 2 })],
  convTranspose2d: [images, f(2, 2, 3, 3), f(2), value({ stride: 2 })],
  copy_: [f(3), f(3)],
  crossEntropy: [f(2, 3), i(0, 2), value({ reduction: "sum" })],
  dequantize: [q, value(0.5), value({ zeroPoint: 1 })],
  dropout: [f(3), value({ p: 0.5 })],
  embedding: [i(0, 1), f(3, 2), value({ paddingIdx: 0 })],
  expand: [f(1, 3), value(2), value(-1)],
  eye: [value(2), value({ dtype: "int32" })],
  fill_: [f(3), value(2)],
  flatten: [f(2, 3, 1), value(0), value(1)],
  flip: [f(2, 3), value(0), value(1)],
  full: [value([2, 3]), value(2), value({ dtype: "int32" })],
  gather: [f(2, 3), value(0), () => zeros(1, 3, { dtype: "int32" })],
  get: [f(2, 3), value("0, :")],
  indexSelect: [f(3, 2), value(0), i(0, 2)],
  int8Matmul: [q, q, value({ zeroPoint: 1 })],
  layerNorm: [f(2, 3), value(3), value({ eps: 1 })],
  linear: [f(2, 3), f(2, 3), f(2), value({ activation: "relu" })],
  linspace: [value(0), value(1), value(3), value({ dtype: "float32" })],
  maskedFill: [f(3), mask, value(0)],
  narrow: [f(3, 2), value(0), value(1), value(2)],
  nllLoss: [f(2, 3), i(0, 2), value({ reduction: "sum" })],
  oneHot: [i(0, 2), value(3)],
  permute: [f(2, 3), value(1), value(0)],
  quantize: [f(2, 3), value({ axis: 0 })],
  quantizedLinear: [f(2, 2), () => ({ values: q(), scale: tensor(1) }), f(2)],
  randint: [value(0), value(3), value([2]), () => ({ generator: new Generator(1) })],
  randperm: [value(3), () => ({ generator: new Generator(1) })],
  registerHook: [f(3), value(() => undefined)],
  reshape: [f(2, 3), value([3, -1])],
  ...Object.fromEntries("indexAdd indexAdd_ indexCopy indexCopy_".split(" ").map((name) => [name, [f(3), value(0), i(0, 1), f(2)]])),
  indexAdd: [f(3), value(0), i(0, 1), f(2), value({ alpha: 2 })],
  ...Object.fromEntries("indexFill indexFill_".split(" ").map((name) => [name, [f(3), value(0), i(0, 1), value(2)]])),
  ...Object.fromEntries("indexPut indexPut_".split(" ").map((name) => [name, [f(3), i(0, 1), f(2), value({ accumulate: true })]])),
  set: [f(2, 3), () => ["0", i(0, 1)], value(2)],
  take: [f(3), i(0, 1)],
  ...Object.fromEntries("put put_".split(" ").map((name) => [name, [f(3), i(0, 1), f(2), value({ accumulate: true })]])),
  takeAlongDim: [f(3), i(0, 1), value(0)],
  nonzero: [f(3), value({ asTuple: true })],
  maskedSelect: [f(3), mask],
  maskedFill_: [f(3), mask, value(0)],
  ...Object.fromEntries("maskedScatter maskedScatter_".split(" ").map((name) => [name, [f(3), mask, f(2)]])),
  ...Object.fromEntries("scatter scatter_".split(" ").map((name) => [name, [f(3), value(0), i(0, 1), f(2), value({ reduce: "add" })]])),
  ...Object.fromEntries("scatterAdd scatterAdd_".split(" ").map((name) => [name, [f(3), value(0), i(0, 1), f(2)]])),
  ...Object.fromEntries(
    "scatterReduce scatterReduce_"
      .split(" ")
      .map((name) => [name, [f(3), value(0), i(0, 1), f(2), value("amax"), value({ includeSelf: false })]]),
  ),
  selectScatter: [f(2, 3), f(3), value(0), value(1)],
  sliceScatter: [f(3), f(2), value({ start: 1 })],
  select: [f(2, 3), value(1), value(2)],
  slice: [f(3, 2), value([0, 2]), value([0, 1])],
  split: [f(3, 2), value([1, 2]), value(0)],
  stack: [() => [zeros(2), zeros(2)], value(0)],
  tensor: [value([1, 2, 3]), value({ shape: [3] })],
  to: [f(3), value("int32")],
  transpose: [f(2, 3), value(0), value(1)],
  unsqueeze: [f(3), value(0)],
  where: [mask, f(3), f(3)],
};

const goodFor = (name: string): readonly Make[] | undefined => (Object.hasOwn(GOOD, name) ? GOOD[name] : undefined);

/** What is abstract or made by the library alone. */
const NOT_BUILT: readonly unknown[] = [Tensor, nn.Module, optim.Optimizer];

const isClass = (given: unknown): boolean => typeof given === "function" && /^class\b/.test(Function.prototype.toString.call(given));
// biome-ignore lint/complexity/noBannedTypes: anything that can be called
type AnyFunction = Function;

/** The part of a area that an export belongs to. */
function narrower(area: Area, name: string): Area {
  if (AUTOGRAD.includes(name)) return "autograd";
  return area === "nn" && HOLDERS.includes(name) ? "module" : area;
}

/** Functions and classes of a module. */
function exportsOf(area: Area, module: object): Callable[] {
  return Object.entries(module).flatMap(([name, given]): Callable[] => {
    if (typeof given !== "function" || LEFT_OUT.includes(name) || NOT_BUILT.includes(given)) return [];
    if (given.prototype instanceof Error) return []; // thrown, not called
    const target = given as AnyFunction;
    const call = isClass(given)
      ? (args: readonly unknown[]) => Reflect.construct(target, args)
      : (args: readonly unknown[]) => Reflect.apply(target, undefined, args);
    return [
      {
        area: narrower(area, name),
        name,
        arity: target.length,
        good: goodFor(name),
        call,
      },
    ];
  });
}

/** Names of the methods of an object, those of its prototypes included. */
function methodNames(given: object): (string | symbol)[] {
  const names = new Set<string | symbol>();
  for (let at: object = given; at !== Object.prototype && at !== null; at = Object.getPrototypeOf(at) as object) {
    for (const name of Reflect.ownKeys(at)) {
      const { value: method } = Object.getOwnPropertyDescriptor(at, name) as PropertyDescriptor;
      if (typeof method === "function" && name !== "constructor" && !INTERNAL.includes(name)) names.add(name);
    }
  }
  return [...names];
}

/** Methods, called on what `self` makes each time. */
function methodsOf(area: Area, self: () => object): Callable[] {
  const of = self();
  return methodNames(of).map((name): Callable => {
    const call = (args: readonly unknown[], target: unknown): unknown =>
      ((target as Record<typeof name, AnyFunction>)[name] as AnyFunction).call(target, ...args);
    return { area, name: `${of.constructor.name}.${String(name)}`, arity: 1, good: undefined, self, call };
  });
}

/** Methods of Tensor: the first of the good arguments is the tensor, and so is any other tensor that takes its place. */
function methodsOfTensor(): Callable[] {
  const self = f(2, 3);
  return methodsOf("Tensor", self as () => object).map((method): Callable => {
    const good = goodFor(method.name.replace("Tensor.", ""));
    const call = ([first, ...rest]: readonly unknown[], other: unknown): unknown =>
      method.call(rest, first instanceof Tensor ? first : other);
    return { ...method, good: good ?? [self], arity: 2, call };
  });
}

/** Modules that methods are called on, besides their construction. */
const MODULES: readonly (() => nn.Module)[] = [
  () => new nn.Linear(3, 2),
  () => new nn.Sequential(new nn.Linear(3, 2), new nn.ReLU()),
  () => new nn.ModuleList([new nn.ReLU()]),
  () => new nn.Conv2d(2, 1, 2),
  () => new nn.BatchNorm1d(3),
  () => new nn.CrossEntropyLoss(),
  () => new nn.Dropout(),
  () => new nn.Softmax(1),
  () => new nn.MaxPool2d(2),
];

/** What a layer computes is its own; all else comes from Module. */
const isOfModule = (name: string): boolean => !/\.(call|forward)$/.test(name) || HOLDERS.includes(name.replace(/\..*/, ""));

export const callables: readonly Callable[] = [
  ...exportsOf("core", core),
  ...methodsOf("core", () => new Generator(1)),
  ...methodsOfTensor(),
  ...exportsOf("nn", nn),
  ...exportsOf("nn", nn.init),
  ...MODULES.flatMap((make) => methodsOf("nn", make)).map((one): Callable => (isOfModule(one.name) ? { ...one, area: "module" } : one)),
  ...exportsOf("optim", optim),
  ...methodsOf("optim", adam),
  ...exportsOf("data", data),
  ...methodsOf("data", loader),
  ...methodsOf("data", () => new data.TensorDataset(zeros(3))),
  ...exportsOf("io", io),
  ...exportsOf("metrics", metrics),
  ...methodsOf("metrics", () => new metrics.ConfusionMatrix([[0]])),
  ...exportsOf("plot", plot),
  ...exportsOf("quantize", quantize),
  ...exportsOf("train", train),
].filter(({ area }) => AREAS.includes(area));

function adam(): optim.Adam {
  return new optim.Adam(new nn.Linear(1, 1).parameters());
}

function loader(): object {
  return new data.DataLoader(new data.TensorDataset(zeros(4)), { batchSize: 2 });
}

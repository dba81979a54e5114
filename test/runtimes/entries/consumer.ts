// Lines a user types, checked with the strictest settings and no library but ECMAScript: what the package declares needs no DOM.
import {
  defineOp,
  grad,
  init,
  intercept,
  manualSeed,
  memory,
  nn,
  noGrad,
  optim,
  randn,
  runtime,
  type Spec,
  scope,
  setThreads,
  Tensor,
  tensor,
  type WasmSource,
  zeros,
} from "simdgrad";
import { DataLoader, randomSplit, TensorDataset } from "simdgrad/data";
import { loadSafetensors, saveSafetensors } from "simdgrad/io";
import { accuracy, confusionMatrix, f1 } from "simdgrad/metrics";
import { readModel, writeModel } from "simdgrad/node";
import { earlyStopping, evaluate, fit } from "simdgrad/train";

const kernels: WasmSource = new Uint8Array(8);
await init({ simd: "auto", limitBytes: 1e8, wasm: Promise.resolve(kernels) });
const count: number = await setThreads(2, { workerUrl: "/worker.js" });
manualSeed(1);
const x = tensor([
  [1, 2],
  [3, 4],
]);
const w = randn([2, 3], { requiresGrad: true });
const y = x.matmul(w).add(1).relu();
y.sum().backward();
const n: number = y.sum({ dim: 1, keepdim: true }).ndim;
y.at(-1);
y.slice([0, 1]);
y.get(":, ::2");
const df = grad((t) => t.pow(3).sum());
df(x);
class Net extends nn.Module {
  conv = new nn.Conv2d(1, 16, 3, { padding: 1 });
  head = new nn.Linear(16 * 4 * 4, 10);
  forward(x: Tensor) {
    return this.head.call(this.conv.call(x).relu().maxPool2d(2).flatten(1));
  }
}
const model = new Net();
const opt = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const [train, val] = randomSplit(new TensorDataset(randn([64, 1, 8, 8]), zeros([64], { dtype: "int32" })), [0.8, 0.2]);
const loader = new DataLoader(train, { batchSize: 16 });
for (const [images, labels] of loader) {
  const loss = nn.functional.crossEntropy(model.call(images), labels);
  opt.zeroGrad();
  loss.backward();
  opt.step();
}
const predicted = noGrad(() => model.call(randn([2, 1, 8, 8])).argmax(1));
const history = await fit(model, loader, {
  loss: new nn.CrossEntropyLoss(),
  optimizer: opt,
  epochs: 2,
  validation: new DataLoader(val, { batchSize: 16 }),
  metrics: { accuracy, f1 },
  callbacks: [earlyStopping({ patience: 3 })],
});
model.loadStateDict(loadSafetensors(saveSafetensors(model.stateDict())));
await writeModel("m.safetensors", model.stateDict());
await readModel("m.safetensors");
const double = defineOp<[x: Tensor]>({
  name: "double",
  infer: ([x]): Spec => ({ shape: x.shape, dtype: x.dtype }),
  forward: (out, [x]) => out.copy_(x.mul(2)),
  backward: [(g) => g.mul(2)],
});
const specs: Spec[] = [];
const passed: Tensor = intercept(
  (call, next) => {
    const { name, kind } = call.op;
    specs.push(...call.op.infer(call.inputs, call.attr));
    return name === "relu" && kind === "compute" ? call.op.call(call.inputs, call.attr) : next(call);
  },
  () => double(x).relu(),
);
// @ts-expect-error -- nobody makes a tensor of the parts it has inside
new Tensor();
// @ts-expect-error -- not of anything else either
new Tensor([1, 2]);
export const shown: unknown[] = [
  passed instanceof Tensor,
  n,
  count,
  memory().liveTensors,
  runtime(),
  predicted,
  history.length,
  confusionMatrix([0, 1], [0, 1], 2).toString(),
  evaluate.name,
  scope(() => x.add(1)).shape,
];

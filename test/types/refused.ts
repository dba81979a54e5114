// Calls that the compiler refuses, over all families of the API: each line below a comment `@ts-expect-error` has one mistake. Nothing of
// this runs. types.test.ts compiles it with the declarations of the package, and checks that each line is refused for its mistake.
import * as sg from "simdgrad";
import * as data from "simdgrad/data";
import * as io from "simdgrad/io";
import * as metrics from "simdgrad/metrics";
import * as node from "simdgrad/node";
import * as plot from "simdgrad/plot";
import * as quantize from "simdgrad/quantize";
import * as train from "simdgrad/train";

declare const x: sg.Tensor;
declare const y: sg.Tensor;
declare const model: sg.nn.Module;
declare const bytes: Uint8Array;
declare const dataset: data.Dataset<[sg.Tensor, sg.Tensor]>;

// Making tensors: dtypes, shapes and options.
// @ts-expect-error
sg.tensor([1], { dtype: "float63" });
// @ts-expect-error
sg.tensor("1, 2");
// @ts-expect-error
sg.tensor([1], { requires_grad: true });
// @ts-expect-error
sg.tensor({ 0: 1 });
// @ts-expect-error
sg.zeros([2], { dtype: "double" });
// @ts-expect-error
sg.zeros("2");
// @ts-expect-error
sg.ones([2, "3"]);
// @ts-expect-error
sg.full([2, 3]);
// @ts-expect-error
sg.full(2, 3);
// @ts-expect-error
sg.fullLike(x);
// @ts-expect-error
sg.zerosLike([1, 2]);
// @ts-expect-error
sg.arange(0, 10, { step: 2 });
// @ts-expect-error
sg.arange("10");
// @ts-expect-error
sg.linspace(0, 1);
// @ts-expect-error
sg.logspace(0, 1, 5, { endpoint: false });
// @ts-expect-error
sg.eye();
// @ts-expect-error
sg.eye(3, 3, 3);
// @ts-expect-error
sg.rand([2], { seed: 1 });
// @ts-expect-error
sg.randint(10);
// @ts-expect-error
sg.randint(0, 10);
// @ts-expect-error
sg.randperm();
// @ts-expect-error
sg.normal(0);
// @ts-expect-error
new sg.Generator("seed");
// @ts-expect-error
x.to("flot");
// @ts-expect-error
x.to(32);
// @ts-expect-error
sg.to(x);
// @ts-expect-error
x.dtype = "int32";
// @ts-expect-error
x.shape = [1];

// Numbers of one tensor, and of two.
// @ts-expect-error
sg.abs();
// @ts-expect-error
sg.abs(1);
// @ts-expect-error
sg.abs("x");
// @ts-expect-error
sg.exp(x, y);
// @ts-expect-error
sg.add(x);
// @ts-expect-error
sg.add(x, "1");
// @ts-expect-error
sg.add(x, y, { alfa: 2 });
// @ts-expect-error
sg.div(x, y, { roundingMode: "ceil" });
// @ts-expect-error
sg.mul(x, y, 2);
// @ts-expect-error
x.add();
// @ts-expect-error
x.pow("2");
// @ts-expect-error
sg.clamp(x);
// @ts-expect-error
sg.clamp(x, 0, 1);
// @ts-expect-error
sg.clamp(x, { low: 0 });
// @ts-expect-error
sg.where(x, y);
// @ts-expect-error
sg.where(true, x, y);
// @ts-expect-error
sg.lerp(x, y);
// @ts-expect-error
sg.round(x, 2);
// @ts-expect-error
sg.nanToNum(x, { inf: 1 });
// @ts-expect-error
sg.isclose(x, y, { tolerance: 1 });
// @ts-expect-error
sg.allclose(x, 1);
// @ts-expect-error
sg.logit(x, { eps: "1e-6" });
// @ts-expect-error
sg.gelu(x, { approximate: true });
// @ts-expect-error
sg.gelu(x, { approximate: "erf" });
// @ts-expect-error
sg.softplus(x, 2);
// @ts-expect-error
sg.leakyRelu(x, 0.1);
// @ts-expect-error
sg.threshold(x, 1);
// @ts-expect-error
sg.prelu(x, 0.25);
// @ts-expect-error
sg.glu(x, { dimension: 1 });
// @ts-expect-error
sg.logicalAnd(x, 1);
// @ts-expect-error
sg.bitwiseAnd(x);

// Reductions, running results and selection.
// @ts-expect-error
sg.sum(x, { keepDim: true });
// @ts-expect-error
sg.sum(x, "0");
// @ts-expect-error
sg.sum(x, { axis: 0 });
// @ts-expect-error
x.mean({ dims: 0 });
// @ts-expect-error
sg.variance(x, { unbiased: false });
// @ts-expect-error
sg.std(x, 0, { ddof: 1 });
// @ts-expect-error
sg.argmax(x, [0, 1]);
// @ts-expect-error
sg.argmax(x, 0, { keepDim: true });
// @ts-expect-error
sg.max(x, { dim: 0 });
// @ts-expect-error
sg.max(x, [0, 1]);
// @ts-expect-error
sg.softmax(x);
// @ts-expect-error
sg.softmax(x, { dim: 1 });
// @ts-expect-error
sg.softmax(x, 1, "float32");
// @ts-expect-error
sg.logsumexp(x);
// @ts-expect-error
sg.norm(x, "nuclear");
// @ts-expect-error
sg.vectorNorm(x, "2");
// @ts-expect-error
sg.cumsum(x);
// @ts-expect-error
sg.cumsum(x, { dim: 0 });
// @ts-expect-error
sg.cummax(x);
// @ts-expect-error
sg.sort(x, { decending: true });
// @ts-expect-error
sg.topk(x);
// @ts-expect-error
sg.topk(x, 3, 0, { biggest: true });
// @ts-expect-error
sg.kthvalue(x);
// @ts-expect-error
sg.quantile(x);
// @ts-expect-error
sg.quantile(x, [0.5]);
// @ts-expect-error
sg.quantile(x, 0.5, { interpolation: "cubic" });
// @ts-expect-error
sg.histogram(x);
// @ts-expect-error
sg.histc(x, 10);
// @ts-expect-error
sg.bincount(x, { minLength: 3 });
// @ts-expect-error
sg.searchsorted(x);
// @ts-expect-error
sg.searchsorted(x, y, { side: "center" });
// @ts-expect-error
sg.unique(x, { returnIndex: true });
// @ts-expect-error
sg.cov(x, { ddof: 1 });
// @ts-expect-error
sg.diff(x, "1");

// Shapes and arrangement.
// @ts-expect-error
sg.reshape(x, "2, 3");
// @ts-expect-error
sg.transpose(x, 0);
// @ts-expect-error
sg.transpose(x);
// @ts-expect-error
sg.permute(x, "021");
// @ts-expect-error
sg.unsqueeze(x);
// @ts-expect-error
sg.unsqueeze(x, 0, 1);
// @ts-expect-error
sg.squeeze(x, 0, 1);
// @ts-expect-error
sg.cat(x, y);
// @ts-expect-error
sg.cat([x, 1]);
// @ts-expect-error
sg.stack(x);
// @ts-expect-error
sg.split(x);
// @ts-expect-error
sg.chunk(x);
// @ts-expect-error
sg.roll(x);
// @ts-expect-error
sg.narrow(x, 0, 1);
// @ts-expect-error
sg.unflatten(x, 0);
// @ts-expect-error
sg.movedim(x, 0);
// @ts-expect-error
sg.repeatInterleave(x);
// @ts-expect-error
sg.meshgrid([x], { indexing: "yx" });
// @ts-expect-error
sg.diagonal(x, { k: 1 });
// @ts-expect-error
sg.flatten(x, { startDim: 1 });
// @ts-expect-error
sg.pad(x);
// @ts-expect-error
sg.pad(x, 1);
// @ts-expect-error
sg.pad(x, [1, 1], { mode: "edge" });
// @ts-expect-error
sg.einsum(x, y);
// @ts-expect-error
sg.unfold(x);
// @ts-expect-error
sg.rot90(x, 1, [0]);

// Indexing.
// @ts-expect-error
sg.indexSelect(x, 0);
// @ts-expect-error
sg.indexSelect(x, 0, 1);
// @ts-expect-error
sg.gather(x, y);
// @ts-expect-error
sg.scatter(x, 0, y);
// @ts-expect-error
sg.scatterReduce(x, 0, y, x);
// @ts-expect-error
sg.scatterReduce(x, 0, y, x, "max");
// @ts-expect-error
sg.indexAdd(x, 0, y);
// @ts-expect-error
sg.maskedFill(x, y);
// @ts-expect-error
sg.maskedFill(x, true, 0);
// @ts-expect-error
sg.take(x, 1);
// @ts-expect-error
sg.select(x, 0);
// @ts-expect-error
sg.slice(x, 0, 1);
// @ts-expect-error
sg.get(x, { start: 0 });
// @ts-expect-error
sg.at(x, 0, 1);
// @ts-expect-error
sg.set(x, 0);
// @ts-expect-error
sg.oneHot(x);
// @ts-expect-error
sg.oneHot("cat", 3);
// @ts-expect-error
sg.oneHot([0, 1], 3);
// @ts-expect-error
sg.embedding(x);
// @ts-expect-error
sg.embedding(x, y, { padding: 0 });

// Matrices.
// @ts-expect-error
sg.matmul(x, 2);
// @ts-expect-error
sg.matmul(x);
// @ts-expect-error
sg.addmm(x, y);
// @ts-expect-error
sg.addmm(x, y, y, { gamma: 1 });
// @ts-expect-error
sg.solve(x);
// @ts-expect-error
sg.solveTriangular(x, y);
// @ts-expect-error
sg.solveTriangular(x, y, {});
// @ts-expect-error
sg.qr(x, { mode: "full" });
// @ts-expect-error
sg.svd(x, { someOption: true });
// @ts-expect-error
sg.eigh(x, { UPLO: "X" });
// @ts-expect-error
sg.matrixPower(x);
// @ts-expect-error
sg.cdist(x);
// @ts-expect-error
sg.cdist(x, y, { p: "2" });
// @ts-expect-error
sg.tensordot(x, y, [0, 1]);
// @ts-expect-error
sg.linear(x);
// @ts-expect-error
sg.linear(x, y, null, { activation: "swish" });
// @ts-expect-error
sg.fft(x, { norm: "unitary" });

// Layers, as functions and as classes.
// @ts-expect-error
sg.conv2d(x);
// @ts-expect-error
sg.conv2d(x, y, { padding: 1 });
// @ts-expect-error
sg.conv2d(x, y, null, { padding: "full" });
// @ts-expect-error
sg.conv2d(x, y, null, { strides: 2 });
// @ts-expect-error
sg.conv2d(x, y, null, { stride: [1, 2, 3] });
// @ts-expect-error
sg.conv1d(x, y, null, { stride: [1, 2] });
// @ts-expect-error
sg.convTranspose2d(x, y, null, { padding: "same" });
// @ts-expect-error
sg.maxPool2d(x);
// @ts-expect-error
sg.maxPool2d(x, "2");
// @ts-expect-error
sg.avgPool2d(x, 2, { ceil: true });
// @ts-expect-error
sg.adaptiveAvgPool2d(x);
// @ts-expect-error
sg.batchNorm(x);
// @ts-expect-error
sg.batchNorm(x, null, null, { train: true });
// @ts-expect-error
sg.layerNorm(x);
// @ts-expect-error
sg.layerNorm(x, [4], { epsilon: 1e-5 });
// @ts-expect-error
sg.dropout(x, 0.5);
// @ts-expect-error
sg.interpolate(x);
// @ts-expect-error
sg.interpolate(x, {});
// @ts-expect-error
sg.interpolate(x, { mode: "nearest" });
// @ts-expect-error
sg.interpolate(x, { size: 4, mode: "lanczos" });
// @ts-expect-error
sg.gridSample(x, y, { paddingMode: "wrap" });
// @ts-expect-error
sg.affineGrid(x);
// @ts-expect-error
sg.pixelShuffle(x);
// @ts-expect-error
sg.crossEntropy(x);
// @ts-expect-error
sg.crossEntropy(x, 3);
// @ts-expect-error
sg.crossEntropy(x, y, { reduction: "average" });
// @ts-expect-error
sg.mseLoss(x, y, { reduce: true });
// @ts-expect-error
quantize.quantize(x, { bit: 8 });
// @ts-expect-error
quantize.quantizedLinear(x, y);
// @ts-expect-error
new sg.nn.Linear(3);
// @ts-expect-error
new sg.nn.Linear(3, 4, false);
// @ts-expect-error
new sg.nn.Linear(3, 4, { biases: false });
// @ts-expect-error
new sg.nn.Conv2d(3, 8);
// @ts-expect-error
new sg.nn.Conv2d(3, 8, 3, { kernelSize: 3 });
// @ts-expect-error
new sg.nn.Conv1d(3, 8, [3, 3]);
// @ts-expect-error
new sg.nn.BatchNorm2d();
// @ts-expect-error
new sg.nn.LayerNorm();
// @ts-expect-error
new sg.nn.MaxPool2d();
// @ts-expect-error
new sg.nn.Dropout({ p: 0.5 });
// @ts-expect-error
new sg.nn.Flatten(1, 2, 3);
// @ts-expect-error
new sg.nn.ReLU({ inplace: true });
// @ts-expect-error
new sg.nn.Softmax();
// @ts-expect-error
new sg.nn.CrossEntropyLoss({ weights: x });
// @ts-expect-error
new sg.nn.Sequential([new sg.nn.ReLU()]);
// @ts-expect-error
new sg.nn.Sequential((t: sg.Tensor) => t);
// @ts-expect-error
sg.huberLoss(x, y, { beta: 1 });
// @ts-expect-error
sg.klDiv(x, y, { reduction: "batchMean" });
// @ts-expect-error
sg.ctcLoss(x, y, 5);
// @ts-expect-error
sg.tripletMarginLoss(x, y);
// @ts-expect-error
new sg.nn.HuberLoss(1);
// @ts-expect-error
new sg.nn.FocalLoss({ alpha: "0.25" });
// @ts-expect-error
new sg.nn.Embedding(10);
// @ts-expect-error
new sg.nn.LSTM(3, 4, 2);
// @ts-expect-error
new sg.nn.RNN(3, 4, { nonlinearity: "sigmoid" });
// @ts-expect-error
new sg.nn.GRU(3, 4, { projSize: 2 });
// @ts-expect-error
new sg.nn.MultiheadAttention(8);
// @ts-expect-error
new sg.nn.MultiheadAttention(8, 2).call(x, y);
// @ts-expect-error
new sg.nn.TransformerEncoder(new sg.nn.Linear(8, 8), 2);
// @ts-expect-error
sg.nn.utils.rnn.packPaddedSequence(x);
// @ts-expect-error
new sg.nn.Parameter([1, 2]);
// @ts-expect-error
new sg.nn.Module();
// @ts-expect-error
new sg.nn.Linear(3, 4).call();
// @ts-expect-error
new sg.nn.Linear(3, 4).call([1, 2, 3]);
// @ts-expect-error
sg.nn.init.kaimingUniform(x, { nonlinearity: "gelu" });
// @ts-expect-error
sg.nn.init.uniform();
// @ts-expect-error
sg.nn.functional.relu();
// @ts-expect-error
model.loadStateDict([x]);
// @ts-expect-error
model.loadStateDict({}, { Strict: false });
// @ts-expect-error
model.summary("1, 3, 8, 8");

// Gradients.
// @ts-expect-error
x.backward(y);
// @ts-expect-error
x.backward({ retain: true });
// @ts-expect-error
x.requiresGrad = 1;
// @ts-expect-error
x.grad = 0;
// @ts-expect-error
sg.grad(x);
// @ts-expect-error
sg.grad((t: sg.Tensor) => t, { argnum: 0 });
// @ts-expect-error
sg.noGrad();
// @ts-expect-error
sg.gradcheck((t: sg.Tensor) => t, x);
// @ts-expect-error
sg.checkpoint();
// @ts-expect-error
sg.hvp((t) => t.sum(), x);
// @ts-expect-error
sg.scope(1);
// @ts-expect-error
sg.intercept(() => x);
// @ts-expect-error
sg.defineOp({ name: "double" });

// Optimizers.
// @ts-expect-error
new sg.optim.Adam();
// @ts-expect-error
new sg.optim.Adam(model);
// @ts-expect-error
new sg.optim.Adam(model.parameters(), 1e-3);
// @ts-expect-error
new sg.optim.Adam(model.parameters(), { learningRate: 1e-3 });
// @ts-expect-error
new sg.optim.Adam(model.parameters(), { betas: 0.9 });
// @ts-expect-error
new sg.optim.AdamW(model.parameters(), { momentum: 0.9 });
// @ts-expect-error
new sg.optim.SGD([{ parameters: [x] }]);
// @ts-expect-error
new sg.optim.RMSprop(model.parameters(), { rho: 0.9 });
// @ts-expect-error
new sg.optim.LBFGS(model.parameters(), { lineSearchFn: "armijo" });
// @ts-expect-error
new sg.optim.Lion(model.parameters(), { eps: 1e-8 });
// @ts-expect-error
sg.optim.clipGradNorm(model.parameters());
// @ts-expect-error
sg.optim.clipGradNorm(model, 1);
// @ts-expect-error
new sg.optim.lrScheduler.StepLR(model.parameters(), 10);
// @ts-expect-error
new sg.optim.lrScheduler.CosineAnnealingLR(new sg.optim.Adam([x]));
// @ts-expect-error
new sg.optim.lrScheduler.ReduceLROnPlateau(new sg.optim.Adam([x]), "min");
// @ts-expect-error
new sg.optim.lrScheduler.LRScheduler();

// The library as a whole.
// @ts-expect-error
sg.init({ simd: "avx" });
// @ts-expect-error
sg.setThreads();
// @ts-expect-error
sg.setThreads("all");
// @ts-expect-error
sg.manualSeed();
// @ts-expect-error
sg.memory({ tensors: true });

// The other entry points.
// @ts-expect-error
new data.DataLoader();
// @ts-expect-error
new data.DataLoader(dataset, { batch_size: 4 });
// @ts-expect-error
new data.DataLoader(dataset, 4);
// @ts-expect-error
new data.TensorDataset([x, y]);
// @ts-expect-error
data.randomSplit(dataset);
// @ts-expect-error
data.kFold(dataset);
// @ts-expect-error
io.loadSafetensors("model.safetensors");
// @ts-expect-error
io.saveSafetensors([x]);
// @ts-expect-error
io.parseCsv(bytes);
// @ts-expect-error
io.parseCsv("a,b", { separator: ";" });
// @ts-expect-error
metrics.accuracy(x);
// @ts-expect-error
metrics.f1(x, y, { average: "mean" });
// @ts-expect-error
metrics.topKAccuracy(x, y);
// @ts-expect-error
node.readModel();
// @ts-expect-error
node.writeModel("m.safetensors");
// @ts-expect-error
plot.lineChart([[1, 2]], { theme: "blue" });
// @ts-expect-error
plot.heatmap([1, 2]);
// @ts-expect-error
train.fit(model, [], { epochs: 1 });
// @ts-expect-error
train.fit(model, [[x, y]]);
// @ts-expect-error
train.fit(new sg.nn.LSTM(2, 3), [[x, y]], { loss: (output: sg.Tensor) => output, optimizer: new sg.optim.SGD([x], { lr: 1 }) });
// @ts-expect-error
train.fit(model, [{ input: x, target: y }], { loss: sg.mseLoss, optimizer: new sg.optim.SGD([x], { lr: 1 }) });
// @ts-expect-error
train.evaluate(model);
// @ts-expect-error
train.earlyStopping({ patience: "3" });

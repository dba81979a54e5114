// Every layer of simdgrad/nn: how one is made, and its inputs for a batch of n samples. A layer without a row fails test/nn/everyLayer.test.ts.
import { Generator, nn, ones, randn, type Tensor, tensor } from "simdgrad";

/** How a layer is tried out. */
export interface LayerRow {
  readonly make: () => nn.Module;
  /** Inputs of n samples; floats are differentiated. */
  readonly inputs: (n: number) => readonly Tensor[];
  /** The call, unless it takes the inputs in their order. */
  // biome-ignore lint/suspicious/noExplicitAny: each layer takes inputs of its own
  readonly run?: (layer: any, ...inputs: any[]) => unknown;
  /** What a batch of no samples gives, unless it is a result without elements: an error, or numbers, such as the mean of nothing. */
  readonly empty?: "error" | "numbers";
  /** Whether training refuses a single sample, as PyTorch does. */
  readonly needsTwo?: boolean;
}

/** Values that differ by more than the step of a difference, and are not near 0: which is largest, and on which side of a kink, stays so. */
function apart(...shape: number[]): Tensor {
  const size = shape.reduce((product, d) => product * d, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => (((i * 7919) % 1009) - 504.5) / 100),
    { shape },
  );
}

const some = (...shape: number[]): Tensor => randn(shape, { generator: new Generator(shape.length + 7) });
const classes = (count: number, ...shape: number[]): Tensor => {
  const size = shape.reduce((product, d) => product * d, 1);
  return tensor(
    Int32Array.from({ length: size }, (_, i) => i % count),
    { shape, dtype: "int32" },
  );
};
const signs = (n: number): Tensor =>
  tensor(
    Float32Array.from({ length: n }, (_, i) => (i % 2) * 2 - 1),
    { shape: [n] },
  );
const between = (...shape: number[]): Tensor => some(...shape).sigmoid();
/** Where layers of chance draw from; a test starts it over before each call. */
export const stream: Generator = new Generator(4);
const seeded = () => ({ generator: stream });
const small = { dimFeedforward: 3, dropout: 0, batchFirst: true, activation: "gelu" } as const;
const { MultiheadAttention: Attention } = nn;

/** A layer of one float input. */
const of = (make: () => nn.Module, inputs: (n: number) => readonly Tensor[], more: Partial<LayerRow> = {}): LayerRow => ({
  make,
  inputs,
  ...more,
});
const flat = (make: () => nn.Module, more?: Partial<LayerRow>): LayerRow => of(make, (n) => [apart(n, 5)], more);
const line = (make: () => nn.Module, c = 2, more?: Partial<LayerRow>): LayerRow => of(make, (n) => [apart(n, c, 5)], more);
const image = (make: () => nn.Module, c = 2, more?: Partial<LayerRow>): LayerRow => of(make, (n) => [apart(n, c, 4, 5)], more);
const volume = (make: () => nn.Module, c = 1, more?: Partial<LayerRow>): LayerRow => of(make, (n) => [apart(n, c, 3, 4, 3)], more);
/** A loss of scores and targets. */
const loss = (make: () => nn.Module, inputs: (n: number) => readonly Tensor[], more?: Partial<LayerRow>): LayerRow =>
  of(make, inputs, { empty: "numbers", ...more });

export const everyLayer: Readonly<Record<string, LayerRow>> = {
  // containers
  Sequential: flat(() => new nn.Sequential(new nn.Linear(5, 3), new nn.Tanh())),
  ModuleList: of(
    () => new nn.ModuleList([new nn.Linear(5, 3)]),
    (n) => [some(n, 5)],
    { run: (l: nn.ModuleList, x) => l.at(0)?.call(x) },
  ),
  ModuleDict: of(
    () => new nn.ModuleDict({ a: new nn.Linear(5, 3) }),
    (n) => [some(n, 5)],
    { run: (l: nn.ModuleDict, x) => l.get("a")?.call(x) },
  ),
  ParameterList: of(
    () => new nn.ParameterList([ones([5])]),
    (n) => [some(n, 5)],
    { run: (l: nn.ParameterList, x: Tensor) => x.mul(l.at(0) as Tensor) },
  ),
  ParameterDict: of(
    () => new nn.ParameterDict({ a: ones([5]) }),
    (n) => [some(n, 5)],
    { run: (l: nn.ParameterDict, x: Tensor) => x.mul(l.get("a") as Tensor) },
  ),
  Residual: flat(() => new nn.Residual(new nn.Linear(5, 5))),
  Identity: flat(() => new nn.Identity()),
  Flatten: image(() => new nn.Flatten()),
  Unflatten: of(
    () => new nn.Unflatten(1, [3, 2]),
    (n) => [some(n, 6)],
  ),
  // linear
  Linear: flat(() => new nn.Linear(5, 7)),
  Bilinear: of(
    () => new nn.Bilinear(3, 5, 7),
    (n) => [some(n, 3), some(n, 5)],
  ),
  SwiGLU: flat(() => new nn.SwiGLU(5, 3, { bias: true })),
  // convolutions
  Conv1d: line(() => new nn.Conv1d(2, 3, 3, { padding: 1 })),
  Conv2d: image(() => new nn.Conv2d(2, 3, 3, { stride: 2, padding: 1 })),
  Conv3d: volume(() => new nn.Conv3d(1, 3, 2)),
  ConvTranspose1d: line(() => new nn.ConvTranspose1d(2, 3, 3, { stride: 2 })),
  ConvTranspose2d: image(() => new nn.ConvTranspose2d(2, 3, 2)),
  ConvTranspose3d: volume(() => new nn.ConvTranspose3d(1, 2, 2)),
  SeparableConv2d: image(() => new nn.SeparableConv2d(2, 3, 3)),
  Unfold: image(() => new nn.Unfold(2)),
  Fold: of(
    () => new nn.Fold([3, 3], 2),
    (n) => [some(n, 4, 4)],
  ),
  // pooling
  MaxPool1d: line(() => new nn.MaxPool1d(2)),
  MaxPool2d: image(() => new nn.MaxPool2d(2)),
  MaxPool3d: volume(() => new nn.MaxPool3d(2)),
  AvgPool1d: line(() => new nn.AvgPool1d(2)),
  AvgPool2d: image(() => new nn.AvgPool2d(3, { padding: 1 })),
  AvgPool3d: volume(() => new nn.AvgPool3d(2)),
  LPPool1d: of(
    () => new nn.LPPool1d(3, 2),
    (n) => [between(n, 2, 5)],
  ),
  LPPool2d: of(
    () => new nn.LPPool2d(3, 2),
    (n) => [between(n, 2, 4, 5)],
  ),
  LPPool3d: of(
    () => new nn.LPPool3d(3, 2),
    (n) => [between(n, 1, 3, 4, 3)],
  ),
  FractionalMaxPool2d: image(() => new nn.FractionalMaxPool2d(2, { outputSize: 3, ...seeded() })),
  FractionalMaxPool3d: volume(() => new nn.FractionalMaxPool3d(2, { outputSize: 2, ...seeded() })),
  AdaptiveAvgPool1d: line(() => new nn.AdaptiveAvgPool1d(3)),
  AdaptiveAvgPool2d: image(() => new nn.AdaptiveAvgPool2d(3)),
  AdaptiveAvgPool3d: volume(() => new nn.AdaptiveAvgPool3d(2)),
  AdaptiveMaxPool1d: line(() => new nn.AdaptiveMaxPool1d(3)),
  AdaptiveMaxPool2d: image(() => new nn.AdaptiveMaxPool2d(3)),
  AdaptiveMaxPool3d: volume(() => new nn.AdaptiveMaxPool3d(2)),
  MaxUnpool1d: of(
    () => new nn.MaxUnpool1d(2),
    (n) => [some(n, 1, 3), classes(6, n, 1, 3)],
  ),
  MaxUnpool2d: of(
    () => new nn.MaxUnpool2d(2),
    (n) => [some(n, 1, 2, 2), classes(16, n, 1, 2, 2)],
  ),
  MaxUnpool3d: of(
    () => new nn.MaxUnpool3d(2),
    (n) => [some(n, 1, 1, 2, 1), classes(16, n, 1, 1, 2, 1)],
  ),
  GlobalAvgPool: image(() => new nn.GlobalAvgPool()),
  GlobalMaxPool: image(() => new nn.GlobalMaxPool()),
  // normalisation
  BatchNorm1d: of(
    () => new nn.BatchNorm1d(5),
    (n) => [some(n, 5)],
    { needsTwo: true },
  ),
  BatchNorm2d: of(
    () => new nn.BatchNorm2d(3),
    (n) => [some(n, 3, 2, 3)],
  ),
  BatchNorm3d: of(
    () => new nn.BatchNorm3d(3),
    (n) => [some(n, 3, 2, 1, 3)],
  ),
  InstanceNorm1d: of(
    () => new nn.InstanceNorm1d(3, { affine: true }),
    (n) => [some(n, 3, 5)],
  ),
  InstanceNorm2d: of(
    () => new nn.InstanceNorm2d(3, { affine: true }),
    (n) => [some(n, 3, 2, 3)],
  ),
  InstanceNorm3d: of(
    () => new nn.InstanceNorm3d(3, { affine: true }),
    (n) => [some(n, 3, 2, 1, 3)],
  ),
  GroupNorm: of(
    () => new nn.GroupNorm(2, 6),
    (n) => [some(n, 6, 3)],
  ),
  LayerNorm: of(
    () => new nn.LayerNorm(5),
    (n) => [some(n, 5)],
  ),
  RMSNorm: of(
    () => new nn.RMSNorm(5),
    (n) => [some(n, 5)],
  ),
  LocalResponseNorm: of(
    () => new nn.LocalResponseNorm(3, { alpha: 0.5 }),
    (n) => [some(n, 5, 3)],
  ),
  // dropout; a generator of its own makes each of two calls draw the same
  Dropout: flat(() => new nn.Dropout(0.5, seeded())),
  Dropout1d: line(() => new nn.Dropout1d(0.5, seeded()), 3),
  Dropout2d: image(() => new nn.Dropout2d(0.5, seeded()), 3),
  Dropout3d: volume(() => new nn.Dropout3d(0.5, seeded()), 2),
  AlphaDropout: flat(() => new nn.AlphaDropout(0.5, seeded())),
  FeatureAlphaDropout: line(() => new nn.FeatureAlphaDropout(0.5, seeded()), 3),
  DropPath: flat(() => new nn.DropPath(0.5, seeded())),
  GaussianNoise: flat(() => new nn.GaussianNoise(0.3, seeded())),
  // embeddings and positions
  Embedding: of(
    () => new nn.Embedding(4, 5),
    (n) => [classes(4, n, 3)],
  ),
  EmbeddingBag: of(
    () => new nn.EmbeddingBag(4, 5),
    (n) => [classes(4, n, 3)],
  ),
  SinusoidalPositions: of(
    () => new nn.SinusoidalPositions(5),
    (n) => [some(n, 3, 5)],
  ),
  LearnedPositions: of(
    () => new nn.LearnedPositions(4, 5),
    (n) => [some(n, 3, 5)],
  ),
  RotaryEmbedding: of(
    () => new nn.RotaryEmbedding(6),
    (n) => [some(n, 3, 6)],
  ),
  // recurrent layers
  RNN: of(
    () => new nn.RNN(3, 5, { batchFirst: true }),
    (n) => [some(n, 3, 3)],
  ),
  GRU: of(
    () => new nn.GRU(3, 5, { batchFirst: true }),
    (n) => [some(n, 3, 3)],
  ),
  LSTM: of(
    () => new nn.LSTM(3, 5, { batchFirst: true, bidirectional: true }),
    (n) => [some(n, 2, 3)],
  ),
  RNNCell: of(
    () => new nn.RNNCell(3, 5),
    (n) => [some(n, 3)],
  ),
  GRUCell: of(
    () => new nn.GRUCell(3, 5),
    (n) => [some(n, 3)],
  ),
  LSTMCell: of(
    () => new nn.LSTMCell(3, 5),
    (n) => [some(n, 3)],
  ),
  // attention and transformers
  MultiheadAttention: of(
    () => new Attention(6, 2, { batchFirst: true }),
    (n) => [some(n, 3, 6)],
    { run: (l, x) => l.call(x, x, x) },
  ),
  TransformerEncoderLayer: of(
    () => new nn.TransformerEncoderLayer(6, 2, small),
    (n) => [some(n, 2, 6)],
  ),
  TransformerDecoderLayer: of(
    () => new nn.TransformerDecoderLayer(6, 2, small),
    (n) => [some(n, 2, 6), some(n, 3, 6)],
  ),
  TransformerEncoder: of(
    () => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(2, 1, small), 2),
    (n) => [some(n, 2, 2)],
  ),
  TransformerDecoder: of(
    () => new nn.TransformerDecoder(new nn.TransformerDecoderLayer(2, 1, small), 2),
    (n) => [some(n, 2, 2), some(n, 3, 2)],
  ),
  Transformer: of(
    () => new nn.Transformer({ dModel: 2, nhead: 1, numEncoderLayers: 1, numDecoderLayers: 1, ...small }),
    (n) => [some(n, 2, 2), some(n, 3, 2)],
  ),
  // sizes and shapes
  Upsample: image(() => new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), 1),
  UpsamplingNearest2d: image(() => new nn.UpsamplingNearest2d({ scaleFactor: 2 }), 1),
  UpsamplingBilinear2d: image(() => new nn.UpsamplingBilinear2d({ size: [3, 7] }), 1),
  PixelShuffle: of(
    () => new nn.PixelShuffle(2),
    (n) => [some(n, 4, 2, 3)],
  ),
  PixelUnshuffle: of(
    () => new nn.PixelUnshuffle(2),
    (n) => [some(n, 1, 4, 2)],
  ),
  ChannelShuffle: image(() => new nn.ChannelShuffle(2), 4),
  ...Object.fromEntries(
    (["Zero", "Constant", "Reflection", "Replication", "Circular"] as const).flatMap((kind) =>
      ([1, 2, 3] as const).map((axes): [string, LayerRow] => {
        const Pad = nn[`${kind}Pad${axes}d`] as new (padding: number, value?: number) => nn.Module;
        const make = (): nn.Module => (kind === "Constant" ? new Pad(1, 2) : new Pad(1));
        return [
          `${kind}Pad${axes}d`,
          of(make, (n) => [some(n, 1, 3, 2, 3).reshape([n, 1, ...([[18], [3, 6], [3, 2, 3]][axes - 1] as number[])])]),
        ];
      }),
    ),
  ),
  CosineSimilarity: of(
    () => new nn.CosineSimilarity(),
    (n) => [some(n, 5), apart(n, 5)],
  ),
  PairwiseDistance: of(
    () => new nn.PairwiseDistance(),
    (n) => [some(n, 5), apart(n, 5)],
  ),
  // activations
  ...Object.fromEntries(
    (
      [
        ...["ReLU", "ReLU6", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "LeakyReLU", "Sigmoid", "LogSigmoid", "Tanh", "Tanhshrink"],
        ...["Softplus", "Softsign", "Softshrink", "Hardshrink", "Hardtanh", "Hardsigmoid", "Hardswish", "PReLU"],
      ] as const
    ).map((name): [string, LayerRow] => [name, flat(() => new (nn[name] as new () => nn.Module)())]),
  ),
  RReLU: flat(() => new nn.RReLU(seeded())),
  Threshold: flat(() => new nn.Threshold(0.1, -2)),
  GLU: of(
    () => new nn.GLU(),
    (n) => [apart(n, 6)],
  ),
  Softmax: flat(() => new nn.Softmax(1)),
  LogSoftmax: flat(() => new nn.LogSoftmax(1)),
  Softmin: flat(() => new nn.Softmin(1)),
  Softmax2d: of(
    () => new nn.Softmax2d(),
    (n) => [some(n, 3, 2, 2)],
  ),
  // losses
  ...Object.fromEntries(
    (["L1Loss", "MSELoss", "HuberLoss", "SmoothL1Loss", "PoissonNLLLoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"] as const).map(
      (name): [string, LayerRow] => [
        name,
        loss(
          () => new nn[name](),
          (n) => [apart(n, 5), between(n, 5).detach()],
        ),
      ],
    ),
  ),
  BCELoss: loss(
    () => new nn.BCELoss(),
    (n) => [between(n, 5), between(n, 5)],
  ),
  KLDivLoss: loss(
    () => new nn.KLDivLoss(),
    (n) => [some(n, 5).logSoftmax(1), between(n, 5)],
  ),
  GaussianNLLLoss: loss(
    () => new nn.GaussianNLLLoss(),
    (n) => [some(n, 5), apart(n, 5), between(n, 5).add(0.5)],
  ),
  CrossEntropyLoss: loss(
    () => new nn.CrossEntropyLoss(),
    (n) => [some(n, 5), classes(5, n)],
  ),
  NLLLoss: loss(
    () => new nn.NLLLoss(),
    (n) => [some(n, 5).logSoftmax(1), classes(5, n)],
  ),
  FocalLoss: loss(
    () => new nn.FocalLoss(),
    (n) => [some(n, 5), classes(5, n)],
  ),
  DiceLoss: loss(
    () => new nn.DiceLoss(),
    (n) => [some(n, 5, 2), classes(5, n, 2)],
  ),
  MultiMarginLoss: loss(
    () => new nn.MultiMarginLoss(),
    (n) => [apart(n, 5), classes(5, n)],
  ),
  MultiLabelMarginLoss: loss(
    () => new nn.MultiLabelMarginLoss(),
    (n) => [apart(n, 5), classes(5, n, 5)],
  ),
  SoftMarginLoss: loss(
    () => new nn.SoftMarginLoss(),
    (n) => [some(n), signs(n)],
  ),
  HingeEmbeddingLoss: loss(
    () => new nn.HingeEmbeddingLoss(),
    (n) => [apart(n), signs(n)],
    {
      run: (l: nn.HingeEmbeddingLoss, x: Tensor, y: Tensor) => l.call(x, y.detach()),
    },
  ),
  MarginRankingLoss: loss(
    () => new nn.MarginRankingLoss({ margin: 0.3 }),
    (n) => [apart(n), some(n), signs(n)],
    {
      run: (l: nn.MarginRankingLoss, a: Tensor, b: Tensor, y: Tensor) => l.call(a, b, y.detach()),
    },
  ),
  CosineEmbeddingLoss: loss(
    () => new nn.CosineEmbeddingLoss(),
    (n) => [some(n, 5), apart(n, 5), signs(n)],
    {
      run: (l: nn.CosineEmbeddingLoss, a: Tensor, b: Tensor, y: Tensor) => l.call(a, b, y.detach()),
    },
  ),
  TripletMarginLoss: loss(
    () => new nn.TripletMarginLoss(),
    (n) => [some(n, 5), apart(n, 5), between(n, 5)],
  ),
  TripletMarginWithDistanceLoss: loss(
    () => new nn.TripletMarginWithDistanceLoss(),
    (n) => [some(n, 5), apart(n, 5), between(n, 5)],
  ),
  InfoNCELoss: loss(
    () => new nn.InfoNCELoss({ temperature: 1 }),
    (n) => [some(n, 5), apart(n, 5)],
  ),
  CTCLoss: loss(
    () => new nn.CTCLoss(),
    (n) => [some(4, n, 3).logSoftmax(2), classes(2, n, 2).add(1)],
    {
      run: (l: nn.CTCLoss, x: Tensor, y: Tensor) => {
        const n = x.shape[1] as number;
        return l.call(x.logSoftmax(2), y, new Array(n).fill(4), new Array(n).fill(2));
      },
    },
  ),
  AdaptiveLogSoftmaxWithLoss: loss(
    () => new nn.AdaptiveLogSoftmaxWithLoss(3, 6, [2, 4], { divValue: 1.5 }),
    (n) => [some(n, 3), classes(6, n)],
    {
      run: (l: nn.AdaptiveLogSoftmaxWithLoss, x: Tensor, y: Tensor) => l.call(x, y).loss,
    },
  ),
};

// The models of the training cases that have a recurrent layer or a transformer's layer, from what PyTorch prints of them.
import { nn, type Tensor } from "simdgrad";

/** The value of `name=...` or `name: ...` in a printed model. */
const read = (printed: string, name: string): string | undefined => printed.match(new RegExp(`\\b${name}=([\\w.-]+)`))?.[1];

class LastStep extends nn.Module {
  rnn: nn.GRU;
  fc: nn.Linear;

  constructor(inputSize: number, hiddenSize: number, options: nn.RecurrentOptions, classes: number) {
    super();
    this.rnn = new nn.GRU(inputSize, hiddenSize, options);
    this.fc = new nn.Linear(hiddenSize, classes);
  }

  forward(x: Tensor): Tensor {
    return this.fc.call(this.rnn.call(x)[0].select(1, -1));
  }
}

/** A GRU with a linear map after its last step. */
export function gruModel(printed: string): nn.Module {
  const [, inputSize, hiddenSize] = printed.match(/GRU\((\d+), (\d+)/) as RegExpMatchArray;
  const options = { batchFirst: read(printed, "batch_first") === "True", numLayers: Number(read(printed, "num_layers") ?? 1) };
  return new LastStep(Number(inputSize), Number(hiddenSize), options, Number(read(printed, "out_features")));
}

class MeanOfSteps extends nn.Module {
  enc: nn.TransformerEncoderLayer;
  fc: nn.Linear;

  constructor(features: number, hidden: number, dropout: number, eps: number, classes: number) {
    super();
    // What is printed does not show heads and order; the cases have two heads and the batch first.
    this.enc = new nn.TransformerEncoderLayer(features, 2, { dimFeedforward: hidden, dropout, layerNormEps: eps, batchFirst: true });
    this.fc = new nn.Linear(features, classes);
  }

  forward(x: Tensor): Tensor {
    return this.fc.call(this.enc.call(x).mean(1));
  }
}

/** A layer of a transformer's encoder with a linear map after the mean of all steps. */
export function transformerModel(printed: string): nn.Module {
  const [, features, hidden] = printed.match(/linear1\): Linear\(in_features=(\d+), out_features=(\d+)/) as RegExpMatchArray;
  const classes = printed.match(/fc\): Linear\(in_features=\d+, out_features=(\d+)/)?.[1];
  const [dropout, eps] = [read(printed, "p"), read(printed, "eps")].map(Number) as [number, number];
  return new MeanOfSteps(Number(features), Number(hidden), dropout, eps, Number(classes));
}

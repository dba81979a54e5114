// A training with batch normalisation, dropout, an optimizer, a schedule and a stream of data, that can be saved and continued at any step.
// [N, C, H, W] images.
import { Generator, manualSeed, nn, noGrad, randint, randn, scope, type Tensor, zerosLike } from "simdgrad";
import { loadCheckpoint, saveCheckpoint } from "simdgrad/io";

interface Moments {
  mean: Tensor;
  square: Tensor;
  /** beta^t, computed by multiplication, as it has to be saved. */
  powers: number[];
}

/** Adam from operations, with its state in PyTorch's layout. */
export class PlainAdam {
  lr = 0.01;
  readonly #params: readonly Tensor[];
  readonly #states = new Map<number, Moments>();

  constructor(params: readonly Tensor[]) {
    this.#params = params;
  }

  zeroGrad(): void {
    for (const p of this.#params) {
      p.grad?.dispose();
      p.grad = null;
    }
  }

  #stateOf(i: number): Moments {
    const p = this.#params[i] as Tensor;
    const fresh = (): Tensor => new nn.Buffer(zerosLike(p)); // outside all scopes
    const state = this.#states.get(i) ?? { mean: fresh(), square: fresh(), powers: [1, 1] };
    this.#states.set(i, state);
    return state;
  }

  step(): void {
    scope(() =>
      noGrad(() => {
        for (const [i, p] of this.#params.entries()) {
          if (!p.grad) continue;
          const state = this.#stateOf(i);
          const [p1, p2] = [(state.powers[0] as number) * 0.9, (state.powers[1] as number) * 0.999];
          state.powers = [p1, p2];
          state.mean.copy_(state.mean.mul(0.9).add(p.grad.mul(0.1)));
          state.square.copy_(state.square.mul(0.999).add(p.grad.square().mul(0.001)));
          const root = state.square
            .div(1 - p2)
            .sqrt()
            .add(1e-8);
          p.copy_(
            p.sub(
              state.mean
                .div(1 - p1)
                .div(root)
                .mul(this.lr),
            ),
          );
        }
      }),
    );
  }

  stateDict() {
    const state = Object.fromEntries(
      [...this.#states].map(([i, { mean, square, powers }]) => [i, { exp_avg: mean, exp_avg_sq: square, powers, step: null }]),
    );
    return { state, param_groups: [{ lr: this.lr, betas: [0.9, 0.999], params: this.#params.map((_, i) => i) }] };
  }

  loadStateDict({ state, param_groups: groups }: ReturnType<PlainAdam["stateDict"]>): void {
    if (groups[0]?.params.length !== this.#params.length) throw new RangeError(`${groups[0]?.params.length} parameters in the state`);
    this.lr = groups[0].lr;
    for (const [i, given] of Object.entries(state)) {
      const own = this.#stateOf(Number(i));
      own.mean.copy_(given.exp_avg);
      own.square.copy_(given.exp_avg_sq);
      own.powers = given.powers;
    }
  }
}

/** Halves the learning rate every 4 steps. */
export class Halving {
  count = 0;

  constructor(readonly optimizer: PlainAdam) {}

  step(): void {
    this.count++;
    if (this.count % 4 === 0) this.optimizer.lr /= 2;
  }

  stateDict() {
    return { count: this.count, best: Number.POSITIVE_INFINITY };
  }

  loadStateDict({ count }: { count: number }): void {
    this.count = count;
  }
}

/** All parts of the training, new; the weights depend on the seed. */
export function parts(seed = 1) {
  manualSeed(seed);
  const generator = new Generator(seed + 5);
  const model = new nn.Sequential(
    new nn.Conv2d(1, 4, 3),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.Dropout(0.2, { generator }),
    new nn.Flatten(),
    new nn.Linear(4 * 16, 3),
  );
  const optimizer = new PlainAdam(model.parameters());
  return { model, optimizer, schedule: new Halving(optimizer), generator };
}

/** Trains for some steps on numbers from the generator. Result: the losses. */
export function train({ model, optimizer, schedule, generator }: ReturnType<typeof parts>, steps: number): number[] {
  model.train();
  return Array.from({ length: steps }, () =>
    scope(() => {
      const images = randn([6, 1, 6, 6], { generator });
      const labels = randint(0, 3, [6], { generator });
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model.call(images), labels);
      loss.backward();
      optimizer.step();
      schedule.step();
      return loss.item();
    }),
  );
}

/** The file of the training after 10 steps, and of it after 20 steps. */
export function bothHalves(): readonly [half: Uint8Array<ArrayBuffer>, whole: Uint8Array<ArrayBuffer>] {
  const all = parts();
  train(all, 10);
  const half = saveCheckpoint(all);
  train(all, 10);
  return [half, saveCheckpoint(all)];
}

/** Continues a training by 10 steps, with parts that were made anew with other weights. Result: its file. */
export function resume(half: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = parts(99);
  loadCheckpoint(half, all);
  train(all, 10);
  return saveCheckpoint(all);
}

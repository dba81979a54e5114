// State dicts: training goes on bit for bit, and what does not fit changes nothing.
import { ArgError, manualSeed, nn, optim, randn, StateError, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { live } from "../support.js";

type Any = optim.Optimizer<{ lr: number }>;
type Make = (params: Tensor[]) => Any;

const optimizers: readonly (readonly [string, Make])[] = (
  [
    ["SGD", {}],
    ["SGD", { momentum: 0.9, dampening: 0.1, weightDecay: 0.1 }],
    ["Adam", { amsgrad: true }],
    ["AdamW", {}],
    ["NAdam", { decoupledWeightDecay: true, weightDecay: 0.1 }],
    ["RAdam", {}],
    ["Adamax", {}],
    ["Adagrad", { lrDecay: 0.1, initialAccumulatorValue: 0.1 }],
    ["Adadelta", {}],
    ["RMSprop", { centered: true, momentum: 0.5 }],
    ["RMSprop", {}],
    ["Lion", { lr: 0.01 }],
    ["ScheduleFreeAdamW", { warmupSteps: 4 }],
    ["Muon", {}],
    ["LBFGS", { maxIter: 3, lineSearchFn: "strong_wolfe" }],
    ["LBFGS", { maxIter: 2, historySize: 3, lr: 0.1 }],
  ] as const
).map(([name, options]) => [
  `${name} ${JSON.stringify(options)}`,
  (params) => new (optim[name] as never as new (...args: unknown[]) => Any)(params, options),
]);

const { lrScheduler } = optim;
type Schedule = {
  step(metric: number): void;
  stateDict(): optim.lrScheduler.SchedulerState;
  loadStateDict(s: optim.lrScheduler.SchedulerState): void;
  getLastLr(): number[];
};
const schedules: readonly (readonly [string, (o: Any) => Schedule])[] = [
  ["StepLR", (o) => new lrScheduler.StepLR(o, 3)],
  ["MultiStepLR", (o) => new lrScheduler.MultiStepLR(o, [2, 12, 12])],
  ["ConstantLR", (o) => new lrScheduler.ConstantLR(o, { totalIters: 12 })],
  ["LinearLR", (o) => new lrScheduler.LinearLR(o, { totalIters: 15 })],
  ["ExponentialLR", (o) => new lrScheduler.ExponentialLR(o, 0.9)],
  ["PolynomialLR", (o) => new lrScheduler.PolynomialLR(o, { totalIters: 15, power: 2 })],
  ["CosineAnnealingLR", (o) => new lrScheduler.CosineAnnealingLR(o, 7, { etaMin: 1e-3 })],
  ["CosineAnnealingWarmRestarts", (o) => new lrScheduler.CosineAnnealingWarmRestarts(o, 3, { tMult: 2 })],
  ["CyclicLR", (o) => new lrScheduler.CyclicLR(o, 0.01, [0.1, 0.2], { stepSizeUp: 4, mode: "triangular2" })],
  ["OneCycleLR", (o) => new lrScheduler.OneCycleLR(o, 0.1, { totalSteps: 21, threePhase: true })],
  ["SWALR", (o) => new lrScheduler.SWALR(o, 0.5, { annealEpochs: 12 })],
  ["LambdaLR", (o) => new lrScheduler.LambdaLR(o, [(t) => 0.9 ** t, (t) => 1 / (1 + t)])],
  ["MultiplicativeLR", (o) => new lrScheduler.MultiplicativeLR(o, (t) => 1 - 1 / (t + 2))],
  ["ReduceLROnPlateau", (o) => new lrScheduler.ReduceLROnPlateau(o, { patience: 1, cooldown: 1, factor: 0.5 })],
  [
    "SequentialLR",
    (o) => new lrScheduler.SequentialLR(o, [new lrScheduler.LinearLR(o, { totalIters: 8 }), new lrScheduler.ExponentialLR(o, 0.9)], [8]),
  ],
  ["ChainedScheduler", (o) => new lrScheduler.ChainedScheduler([new lrScheduler.StepLR(o, 4), new lrScheduler.ExponentialLR(o, 0.95)])],
];

/** A model of two matrices and its loss on fixed data. */
function problem() {
  manualSeed(7);
  const model = new nn.Sequential(new nn.Linear(3, 4, { bias: false }), new nn.Tanh(), new nn.Linear(4, 2, { bias: false }));
  const [x, y] = [randn([6, 3]), randn([6, 2])];
  return { model, loss: () => nn.functional.mseLoss(model.call(x), y) };
}

function train({ loss }: ReturnType<typeof problem>, optimizer: Any, steps: number, schedule?: Schedule): void {
  for (let step = 0; step < steps; step++) {
    optimizer.step(() => {
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      return value;
    });
    schedule?.step(1);
  }
}

const weights = (model: nn.Module): unknown[] => model.parameters().map((p) => p.toArray());

describe("ten steps, saved and loaded, and ten more are twenty", () => {
  test.each(optimizers)("%s", (_, make) => {
    const [whole, first, second] = [problem(), problem(), problem()];
    train(whole, make(whole.model.parameters()), 20);
    const optimizer = make(first.model.parameters());
    train(first, optimizer, 10);
    const next = make(second.model.parameters());
    const saved = optimizer.stateDict();
    second.model.loadStateDict(first.model.stateDict());
    next.loadStateDict(saved);
    train(first, optimizer, 1); // the copy has nothing to do with the first one any more
    train(second, next, 10);
    expect(weights(second.model)).toEqual(weights(whole.model));
  });

  test.each(schedules)("%s, with two groups and momentum", (_, make) => {
    const groups = ({ model }: ReturnType<typeof problem>) => {
      const [a, b] = model.parameters() as [Tensor, Tensor];
      return new optim.Adam([{ params: [a], lr: 0.05 }, { params: [b] }], { lr: 0.02 });
    };
    const [whole, first, second] = [problem(), problem(), problem()];
    const trained = groups(whole);
    train(whole, trained, 20, make(trained));
    const optimizer = groups(first);
    const schedule = make(optimizer);
    train(first, optimizer, 10, schedule);
    const next = groups(second);
    const nextSchedule = make(next);
    second.model.loadStateDict(first.model.stateDict());
    next.loadStateDict(optimizer.stateDict());
    nextSchedule.loadStateDict(JSON.parse(JSON.stringify(schedule.stateDict())));
    expect(nextSchedule.getLastLr()).toEqual(schedule.getLastLr());
    train(second, next, 10, nextSchedule);
    expect(weights(second.model)).toEqual(weights(whole.model));
  });
});

describe("a state dict", () => {
  const setUp = () => {
    const [p, q] = [tensor([1, 2], { requiresGrad: true }), tensor([[3]], { requiresGrad: true })];
    const optimizer = new optim.AdamW([{ params: [p] }, { params: [q], lr: 0.5 }], { amsgrad: true });
    return { p, q, optimizer };
  };

  it("has PyTorch's layout", () => {
    const { p, optimizer } = setUp();
    p.grad = tensor([1, -1]);
    optimizer.step();
    const { state, param_groups } = optimizer.stateDict();
    expect(Object.keys(state)).toEqual(["0"]); // the other one had no gradient
    expect(Object.keys(state[0] ?? {})).toEqual(["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]);
    expect(state[0]?.["step"]).toBe(1);
    const common = { betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.01, maximize: false, amsgrad: true, decoupled_weight_decay: true };
    expect(param_groups).toEqual([
      { ...common, lr: 1e-3, params: [0] },
      { ...common, lr: 0.5, params: [1] },
    ]);
  });

  it("of PyTorch is taken: step as a tensor, any numbers of parameters, options that say how to compute", () => {
    const { p, optimizer } = setUp();
    const [a, b, c] = [tensor([1, 2]), tensor([3, 4]), tensor([5, 6])];
    const entry = { step: tensor(3), exp_avg: a, exp_avg_sq: b, max_exp_avg_sq: c };
    const how = { foreach: null, capturable: false, differentiable: false, fused: null };
    const { param_groups } = optimizer.stateDict();
    optimizer.loadStateDict({
      state: new Map([[7, entry]]) as never,
      param_groups: [
        { ...param_groups[0], ...how, params: [7] },
        { ...param_groups[1], params: [9] },
      ],
    });
    expect(optimizer.stateDict().state[0]?.["step"]).toBe(3);
    p.grad = tensor([0, 0]);
    optimizer.step();
    expect((optimizer.stateDict().state as [Record<string, Tensor>])[0]["exp_avg"]?.toArray()).toEqual(
      [1, 2].map((x) => Math.fround(0.9 * x)),
    );
    expect(a.toArray()).toEqual([1, 2]);
  });

  it("that does not fit is refused as a whole", () => {
    const { p, q, optimizer } = setUp();
    p.grad = tensor([1, -1]);
    q.grad = tensor([[1]]);
    optimizer.step();
    const good = optimizer.stateDict();
    const [first, second] = good.param_groups as [Record<string, unknown>, Record<string, unknown>];
    const state = good.state as Record<number, Record<string, unknown>>;
    const shown = () => JSON.stringify(optimizer.stateDict());
    const unchanged = shown();
    const memory = live().liveTensors;
    const wrong: [unknown, string][] = [
      [undefined, "takes what stateDict() gave"],
      [{ state: {}, param_groups: {} }, "takes what stateDict() gave"],
      [{ ...good, param_groups: [first] }, "groups of [1] parameters instead of [1,1]"],
      [{ ...good, param_groups: [first, { ...second, params: [1, 2] }] }, "groups of [1,2] parameters"],
      [{ ...good, param_groups: [first, { ...second, momentum: 1 }] }, "group 1: there is no option momentum"],
      [{ ...good, param_groups: [{ ...first, lr: Number.NaN }, second] }, "group 0: AdamW: lr must be a finite number"],
      [{ ...good, param_groups: [{ ...first, initial_lr: "x" }, second] }, "initialLr must be a number"],
      [{ ...good, state: { ...state, 0: { ...state[0], exp_avg: tensor([1]) } } }, "exp_avg of parameter 0 must be float32[2]"],
      [{ ...good, state: { ...state, 1: { ...state[1], exp_avg_sq: undefined } } }, "exp_avg_sq of parameter 1 is missing"],
      [{ ...good, state: { ...state, 1: { ...state[1], step: 1.5 } } }, "step of parameter 1 must be a whole number"],
      [{ ...good, state: { ...state, 1: { ...state[1], square_avg: q } } }, "square_avg of parameter 1 is not known"],
    ];
    for (const [given, message] of wrong) {
      expect(() => optimizer.loadStateDict(given as never)).toThrow(message);
      scope(() => expect(shown()).toBe(unchanged));
    }
    expect(() => optimizer.loadStateDict(wrong[2]?.[0] as never)).toThrow(StateError);
    expect(live().liveTensors - memory).toBeLessThanOrEqual(2); // those that the list above made
    optimizer.loadStateDict(good);
    scope(() => expect(shown()).toBe(unchanged));
  });

  it("of a schedule that does not fit is refused as a whole", () => {
    const { optimizer } = setUp();
    const steps = new lrScheduler.StepLR(optimizer, 2);
    const saved = steps.stateDict();
    const wrong: [unknown, string][] = [
      [3, "takes what stateDict() gave"],
      [{ ...saved, step_size: "2" }, "step_size is"],
      [{ ...saved, base_lrs: [1] }, "base_lrs is"],
      [{ ...saved, last_epoch: Number.NaN }, "last_epoch is NaN"],
      [new lrScheduler.ExponentialLR(optimizer, 0.9).stateDict(), "step_size is undefined"],
      [{ ...saved, T_max: 3 }, "T_max is not known"],
    ];
    for (const [given, message] of wrong) {
      expect(() => steps.loadStateDict(given as never)).toThrow(message);
      expect(steps.stateDict()).toEqual(saved);
    }
    const chained = new lrScheduler.ChainedScheduler([steps]);
    expect(() => chained.loadStateDict({ ...chained.stateDict(), _schedulers: [{ ...saved, gamma: null }] })).toThrow("gamma is null");
    steps.loadStateDict({ ...saved, verbose: false, _get_lr_called_within_step: false });
  });

  it("shares memory with the optimizer, and dispose gives all back", () => {
    const before = live();
    const { p, q, optimizer } = setUp();
    p.grad = tensor([1, 1]);
    optimizer.step();
    scope(() => optimizer.loadStateDict(optimizer.stateDict()));
    optimizer.dispose();
    expect(optimizer.stateDict().state).toEqual({});
    p.dispose();
    q.dispose();
    expect(live()).toEqual(before);
  });
});

describe("groups that come later", () => {
  it("take part in steps, states and schedules", () => {
    const [p, q] = [tensor([1], { requiresGrad: true }), tensor([1], { requiresGrad: true })];
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const schedule = new lrScheduler.ExponentialLR(optimizer, 0.5);
    optimizer.addParamGroup({ params: [q], lr: 0.4 });
    schedule.step();
    expect(schedule.getLastLr()).toEqual([0.05, 0.2]);
    q.grad = tensor([1]);
    optimizer.step();
    expect(q.item()).toBeCloseTo(0.8);
    expect(optimizer.stateDict().param_groups.map(({ params, initial_lr }) => [params, initial_lr])).toEqual([
      [[0], 0.1],
      [[1], 0.4],
    ]);
  });

  it("are refused if they do not fit, and nothing is added", () => {
    const p = tensor([1], { requiresGrad: true });
    const optimizer = new optim.SGD([p]);
    for (const group of [{ params: [p] }, { params: [tensor([1])], lr: -1 }, { params: [3] }, { parameters: [] }]) {
      expect(() => optimizer.addParamGroup(group as never)).toThrow(ArgError);
    }
    expect(optimizer.groups.length).toBe(1);
  });
});

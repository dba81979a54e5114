// Parameters and buffers in 16 bits, wherever a module keeps them.
import { manualSeed, nn, noGrad, randn, type Tensor, tensor } from "simdgrad";
import { beforeEach, describe, expect, it } from "vitest";
import { live } from "../support.js";

beforeEach(() => {
  manualSeed(2);
});

class Holder extends nn.Module {
  scales = [new nn.Parameter(randn([3])), new nn.Parameter(randn([3]))];
  named = { inner: [new nn.Parameter(randn([3]))] };
  map = new Map([["m", new nn.Parameter(randn([3]))]]);
  list = new nn.ParameterList([randn([3])]);
  dict = new nn.ParameterDict({ d: randn([3]) });
  lists = [new nn.ParameterList([randn([3])])];
  mean = new nn.Buffer(randn([3]));
  seen = new nn.Buffer(tensor([7], { dtype: "int32" }));
  norm = new nn.BatchNorm1d(3);

  forward(x: Tensor): Tensor {
    const parts = [
      ...[...this.scales, ...this.named.inner, this.map.get("m"), this.list.at(0), this.dict.get("d")],
      ...[this.lists[0]?.at(0), this.mean],
    ];
    return this.norm.call(parts.reduce<Tensor>((y, part, i) => y.add((part as Tensor).mul(i + 1)), x));
  }
}

const FLOATS = [
  ...["scales.0", "scales.1", "named.inner.0", "map.m", "mean", "list.0", "dict.d", "lists.0.0"],
  ...["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"],
];

describe.each(["float16", "bfloat16"] as const)("%s", (dtype) => {
  it("reaches lists, objects, Maps, ParameterList, ParameterDict and float buffers", () => {
    const [net, rounded] = [new Holder().eval(), new Holder().eval()];
    const state = Object.entries(net.stateDict());
    rounded.loadStateDict(Object.fromEntries(state.map(([name, x]) => [name, x.dtype === "int32" ? x : x.to(dtype).float()])));
    const x = randn([2, 3]);
    net.to(dtype);
    const dtypes = Object.fromEntries(Object.entries(net.stateDict()).map(([name, part]) => [name, part.dtype as string]));
    const expected = Object.fromEntries(FLOATS.map((name) => [name, dtype]));
    expect(dtypes).toEqual({ ...expected, seen: "int32", "norm.num_batches_tracked": "int32" });
    expect(net.call(x).toArray()).toEqual(rounded.call(x).toArray());
    expect(Object.values(net.stateDict()).some((part) => part.dtype === "float32")).toBe(false); // all are back in their places
    expect(net.scales[0]?.dtype).toBe(dtype);
    net.to("float32");
    expect(Object.values(net.stateDict()).some((part) => part.dtype === dtype)).toBe(false);
    expect(net.call(x).toArray()).toEqual(rounded.call(x).toArray());
  });

  it("keeps what training writes into buffers, and leaves nothing behind", () => {
    const [net, same] = [new nn.BatchNorm1d(3), new nn.BatchNorm1d(3)];
    const x = randn([16, 3]).add(4);
    net.to(dtype).train();
    same.train();
    const before = live();
    noGrad(() => net.call(x).dispose());
    expect(live()).toEqual(before);
    noGrad(() => same.call(x).dispose());
    expect(net.runningMean?.dtype).toBe(dtype);
    expect(net.runningMean?.float().toArray()).toEqual(same.runningMean?.to(dtype).float().toArray());
    expect(net.runningMean?.float().sum().item()).toBeGreaterThan(0.9);
    expect(net.numBatchesTracked?.item()).toBe(1);
  });
});

describe("what others refer to", () => {
  it("stays float32: adapters", () => {
    const net = new nn.Sequential(new nn.Linear(3, 2));
    const adapters = nn.injectLora(net, { rank: 2 });
    net.to("float16");
    const dtypes = Object.values(adapters.stateDict()).map(({ dtype }) => dtype);
    expect([dtypes, net.stateDict()["0.weight"]?.dtype]).toEqual([["float32", "float32"], "float16"]);
    net
      .call(randn([4, 3]))
      .sum()
      .backward();
    expect(adapters.parameters()[1]?.grad?.shape).toEqual([2, 2]);
  });

  it("stays float32: parametrizations", () => {
    const net = nn.spectralNorm(new nn.Linear(3, 2)).to("float16");
    expect(net.stateDict()["parametrizations.weight.original"]?.dtype).toBe("float32");
    expect(net.stateDict()["bias"]?.dtype).toBe("float16");
    expect(net.call(randn([4, 3])).shape).toEqual([4, 2]);
  });
});

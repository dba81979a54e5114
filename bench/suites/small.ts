// What one operation costs besides its arithmetic: checks, a result from the pool, a node on the tape, and letting go of them.
import { randn } from "simdgrad";
import type { Suite, Task } from "../suite.js";

const N = 16;

function add(name: string, requiresGrad: boolean): Task {
  return {
    name: `add of ${N} floats, ${name}`,
    shape: [N],
    setup: () => {
      const a = randn([N], { requiresGrad });
      const b = randn([N]);
      return () => a.add(b);
    },
  };
}

export const small: Suite = {
  group: "small operations",
  time: "ns",
  rates: [],
  tasks: [add("not recorded", false), add("recorded", true)],
};

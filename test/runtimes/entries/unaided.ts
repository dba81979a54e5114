// For a host without finalizers, as some Workers are: prints the answer, and how many tensors live after some steps and after many.
import { memory, nn, optim, randn } from "simdgrad";
import type { Simd } from "../smoke.js";
import { answer } from "./answer.js";

function liveAfterSteps(): number[] {
  const [x, y, model] = [randn([8, 2]), randn([8, 1]), new nn.Linear(2, 1)];
  const optimizer = new optim.Adam(model.parameters());
  return Array.from({ length: 50 }, () => {
    const loss = nn.functional.mseLoss(model.call(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return memory().liveTensors;
  });
}

const given = await answer(process.argv[2] as Simd);
const live = liveAfterSteps();
console.log(JSON.stringify({ given, live: [live[5], live[49]], finalizers: typeof globalThis.FinalizationRegistry }));

// A leak in what `fit` calls. In a bundle these rooms come after a module of the program.
import "./loop.js";
import { keep, nn, optim, randn } from "simdgrad";
import { DataLoader, TensorDataset } from "simdgrad/data";
import { fit } from "simdgrad/train";

const kept = [];

function loss(out, y) {
  const value = nn.functional.mseLoss(out, y);
  kept.push(keep(value.detach().mul(3))); // leaks
  return value;
}

const model = new nn.Linear(2, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
const loader = new DataLoader(new TensorDataset(randn([40, 2]), randn([40, 1])), { batchSize: 4 });
await fit(model, loader, { loss, optimizer, epochs: 120 });

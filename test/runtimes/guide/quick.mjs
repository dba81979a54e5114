import { tensor } from "simdgrad";

const x = tensor([1, 2, 3], { requiresGrad: true });
x.square().sum().backward();
console.log(String(x.grad));

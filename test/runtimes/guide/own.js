import { init, tensor } from "simdgrad";

await init({ wasm: fetch("relaxed.wasm") });
document.body.append(String(tensor([1, 2, 3]).mul(2)));

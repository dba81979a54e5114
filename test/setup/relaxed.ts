// Every test of this project runs on the kernels with fused multiply-add.
import { init } from "simdgrad";

await init({ simd: "relaxed" });

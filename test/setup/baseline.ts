// Every test of this project runs on the kernels that any runtime since 2021 can run.
import { init } from "simdgrad";

await init({ simd: "baseline" });

// Cuts of assembly/pool: planes. x [planes, H, W], out and idx [planes, OH, OW].
import { along, HEAVY, LIGHT, type Splits } from "./cut.js";

const poolCuts = [along("planes", 1, { x: "4*H*W", out: "4*OH*OW" })] as const;
const poolGradCuts = [along("planes", 1, { g: "4*OH*OW", dx: "4*H*W" })] as const;

export const pool = {
  maxPool2d: {
    cost: [LIGHT, "planes", "OH", "OW", "KH", "KW"],
    writes: ["out", "idx"],
    cuts: [along("planes", 1, { x: "4*H*W", out: "4*OH*OW", idx: "4*OH*OW" })],
  },
  adaptiveMaxPool2d: {
    cost: [LIGHT, "planes", "H", "W"],
    writes: ["out", "idx"],
    cuts: [along("planes", 1, { x: "4*H*W", out: "4*OH*OW", idx: "4*OH*OW" })],
  },
  maxPool2dGrad: {
    cost: [HEAVY, "planes", "inSize"],
    writes: ["dx"],
    cuts: [along("planes", 1, { g: "4*outSize", idx: "4*outSize", dx: "4*inSize" })],
  },
  maxPoolGather: {
    cost: [HEAVY, "planes", "outSize"],
    cuts: [along("planes", 1, { x: "4*inSize", idx: "4*outSize", out: "4*outSize" })],
  },
  avgPool2d: { cost: [LIGHT, "planes", "OH", "OW", "KH", "KW"], cuts: poolCuts },
  avgPool2dGrad: { cost: [HEAVY, "planes", "OH", "OW", "KH", "KW"], writes: ["dx"], cuts: poolGradCuts },
  adaptiveAvgPool2d: { cost: [LIGHT, "planes", "H", "W"], cuts: poolCuts },
  adaptiveAvgPool2dGrad: { cost: [LIGHT, "planes", "H", "W"], writes: ["dx"], cuts: poolGradCuts },
} satisfies Splits;

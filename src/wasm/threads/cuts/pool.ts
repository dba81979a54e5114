// Cuts of assembly/pool: planes. x [planes, H, W], out and idx [planes, OH, OW].
import { along, HEAVY, LIGHT, type Splits } from "./cut.js";

type Sizes = Readonly<Record<"planes" | "H" | "W" | "OH" | "OW", number>>;

const poolCut = ({ planes, H, W, OH, OW }: Sizes) => along("planes", planes, 1, { x: 4 * H * W, out: 4 * OH * OW });
const poolGradCut = ({ planes, H, W, OH, OW }: Sizes) => along("planes", planes, 1, { g: 4 * OH * OW, dx: 4 * H * W });

export const pool = {
  maxPool2d: {
    cost: [LIGHT, "planes", "OH", "OW", "KH", "KW"],
    writes: ["out", "idx"],
    cut: ({ planes, H, W, OH, OW }) => along("planes", planes, 1, { x: 4 * H * W, out: 4 * OH * OW, idx: 4 * OH * OW }),
  },
  maxPool2dGrad: {
    cost: [HEAVY, "planes", "inSize"],
    writes: ["dx"],
    cut: ({ planes, inSize, outSize }) => along("planes", planes, 1, { g: 4 * outSize, idx: 4 * outSize, dx: 4 * inSize }),
  },
  maxPoolGather: {
    cost: [HEAVY, "planes", "outSize"],
    cut: ({ planes, inSize, outSize }) => along("planes", planes, 1, { x: 4 * inSize, idx: 4 * outSize, out: 4 * outSize }),
  },
  avgPool2d: { cost: [LIGHT, "planes", "OH", "OW", "KH", "KW"], cut: poolCut },
  avgPool2dGrad: { cost: [HEAVY, "planes", "OH", "OW", "KH", "KW"], writes: ["dx"], cut: poolGradCut },
  adaptiveAvgPool2d: { cost: [LIGHT, "planes", "H", "W"], cut: poolCut },
  adaptiveAvgPool2dGrad: { cost: [LIGHT, "planes", "H", "W"], writes: ["dx"], cut: poolGradCut },
} satisfies Splits;

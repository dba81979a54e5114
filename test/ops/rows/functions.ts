// Functions of one number outside the core.
import { erfc, erfinv } from "../../assembly/special.js";
import { one } from "../numbers.js";
import type { Row } from "../row.js";

const functions: Row[] = [
  one("tan", Math.tan, [-1.2, 1.2]),
  one("asin", Math.asin, [-0.9, 0.9]),
  one("acos", Math.acos, [-0.9, 0.9]),
  one("atan", Math.atan, [-4, 4]),
  one("sinh", Math.sinh),
  one("cosh", Math.cosh),
  one("asinh", Math.asinh, [-4, 4]),
  one("acosh", Math.acosh, [1.2, 4]),
  one("atanh", Math.atanh, [-0.9, 0.9]),
  one("expm1", Math.expm1),
  one("exp2", (x) => 2 ** x),
  one("log1p", Math.log1p, [-0.7, 3]),
  one("log2", Math.log2, [0.3, 4]),
  one("log10", Math.log10, [0.3, 4]),
  one("erfc", erfc),
  one("erfinv", erfinv, [-0.9, 0.9]),
  one("frac", (x) => x % 1, [0.1, 0.9]),
  one("deg2rad", (x) => (x * Math.PI) / 180, [-9, 9]),
  one("rad2deg", (x) => (x * 180) / Math.PI, [-0.02, 0.02]),
  one("sinc", (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)), [0.1, 3]),
  one(
    "logit",
    (x) => Math.log(x / (1 - x)),
    [0.1, 0.9],
    [{}, { eps: 0.3 }],
    (option) => {
      const { eps = 0 } = option as { eps?: number };
      return (x: number) => {
        const p = Math.min(Math.max(x, eps), 1 - eps);
        return Math.log(p / (1 - p));
      };
    },
  ),
];

export const functionsRows: readonly Row[] = [...functions];

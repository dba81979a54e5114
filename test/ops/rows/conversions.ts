// Conversions to the dtypes of storage. test/assembly/castStored.test.ts has every pattern of bits.
import { ArgError, bfloat16, half, long, tensor } from "simdgrad";
import { elementwise, type Nd } from "../nd.js";
import { given, type Input, type Row, type Sample } from "../row.js";

const same = (x: Nd): Nd => x;
const inf = Number.POSITIVE_INFINITY;
const constant: Partial<Sample> = { differentiable: false };

/** Numbers with few digits, which 16 bits hold, so that the truth is a straight line. */
const short = (...shape: number[]): Input => {
  const size = shape.reduce((a, b) => a * b, 1);
  return given(
    shape,
    Array.from({ length: size }, (_, i) => ((i * 37) % 64) / 8 - 4),
  );
};

const SHAPES = [[], [1], [7], [3, 5], [2, 3, 4], [0, 2]];

/** What float16 and bfloat16 make of numbers between two of theirs. */
const rounded = (dtype: "float16" | "bfloat16", call: Sample["call"], values: readonly number[], truth: readonly number[]): Sample => ({
  inputs: [{ ...given([values.length], values), constant: true }],
  call,
  truth: () => ({ shape: [values.length], data: Float64Array.from(truth) }),
  ...constant,
  dtype,
  note: "rounded",
});

const whole = (dtype: NonNullable<Sample["dtype"]>, call: Sample["call"]): Sample[] =>
  (["bool", "uint8", "int8", "int32", "int64", "float16", "bfloat16"] as const)
    .filter((from) => from !== dtype)
    .map((from) => ({ inputs: [given([9], [1, 0, 1, 1, 0, 0, 1, 0, 1], from)], call, truth: same, ...constant, dtype, note: from }));

export const conversionRows: Row[] = [
  {
    op: "half",
    samples: [
      ...SHAPES.map((shape): Sample => ({ inputs: [short(...shape)], call: half, truth: same, dtype: "float16" })),
      ...whole("float16", half),
      rounded(
        "float16",
        half,
        [0.1, 65519.9, 65520, -1e9, 2 ** -25, 3 * 2 ** -25, 2049, 2051],
        [0.0999755859375, 65504, inf, -inf, 0, 2 ** -23, 2048, 2052],
      ),
    ],
  },
  {
    op: "bfloat16",
    samples: [
      ...SHAPES.map((shape): Sample => ({ inputs: [short(...shape)], call: bfloat16, truth: same, dtype: "bfloat16" })),
      ...whole("bfloat16", bfloat16),
      rounded("bfloat16", bfloat16, [0.1, 3.4e38, 1e-40, 257, 259], [0.10009765625, inf, 1.0010786e-40, 256, 260]),
    ],
  },
  {
    op: "long",
    samples: [
      ...whole("int64", long),
      {
        inputs: [{ ...given([6], [1.9, -1.9, 2 ** 40, -(2 ** 52), 0.5, -0.5]), constant: true }],
        call: long,
        truth: elementwise(Math.trunc),
        ...constant,
        dtype: "int64",
        note: "the fraction is dropped",
      },
      { inputs: [given([3], [-(2 ** 31), 2 ** 31 - 1, 0], "int32")], call: long, truth: same, ...constant, dtype: "int64" },
      { inputs: [given([3], [5, 2 ** 40, -(2 ** 40)], "int64")], call: (x) => x.float(), truth: same, ...constant },
      {
        inputs: [given([4], [5, 2 ** 40, 0, 2 ** 32], "int64")],
        call: (x) => x.bool(),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([3], [5, -1, 300], "int64")],
        call: (x) => x.to("uint8"),
        truth: elementwise((x) => x & 255),
        ...constant,
        dtype: "uint8",
      },
    ],
    refuses: ["int32", "int8", "uint8"].map((dtype) => ({
      call: () => tensor([1, 2 ** 31], { dtype: "int64" }).to(dtype as "int32"),
      error: ArgError,
      says: /^to: element 1 of int64\[2\] is 2147483648, which int32 cannot hold; \.float\(\) rounds it$/,
    })),
  },
];

// This library.
import { ones } from "simdgrad";

export const product = () =>
  ones([64, 64])
    .matmul(ones([64, 64]))
    .toTypedArray()[0];

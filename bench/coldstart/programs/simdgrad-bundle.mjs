// This library as the one file it also ships: Node reads one module, with all rooms.
import { ones } from "simdgrad/bundle";

export const product = () =>
  ones([64, 64])
    .matmul(ones([64, 64]))
    .toTypedArray()[0];

// One value for every element.
import { dtypes } from "./dtype.js";
import { elementKernels } from "./elementKernels.js";
import type { Tensor } from "./tensor.js";

/** Sets every element to a number that the dtype holds. */
export function fill(out: Tensor, value: number): void {
  if (out.size === 0) return;
  const { view, bytes } = dtypes[out.dtype];
  view()[out.ptr / bytes] = value;
  // The first element to all of them: a copy whose source stands still.
  elementKernels(out.dtype).copy(out.ptr, out.ptr, 1, 1, 1, out.size, 0, 0, 0, 0, 0, 0, 0, 1);
}

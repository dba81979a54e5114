// Work that orders, selects and moves elements of tensors, and transforms of rows.
import { inputsOf } from "../../inputs.mjs";
import { simdgrad } from "./library.mjs";
import { make } from "./make.mjs";

/** A work that is one call with the inputs in their order. */
const calling = (call) => (work) => {
  const inputs = Object.values(inputsOf(work, make));
  return { run: () => call(work, ...inputs) };
};

/** The values of a result that has indices too, which are freed. */
function valuesOf({ values, indices }) {
  indices.dispose();
  return values;
}

export const tensors = {
  sort: calling((_, x) => valuesOf(simdgrad.sort(x, { dim: 1 }))),
  topk: calling(({ k }, x) => valuesOf(simdgrad.topk(x, k, { dim: 1 }))),
  cumsum: calling(({ dim }, x) => simdgrad.cumsum(x, dim)),
  gather: calling((_, x, index) => x.gather(1, index)),
  indexSelect: calling((_, x, index) => x.indexSelect(0, index)),
  indexAdd(work) {
    const { x, index } = inputsOf(work, make);
    const zeros = simdgrad.zerosLike(x);
    return { run: () => simdgrad.indexAdd(zeros, 0, index, x) };
  },
  mask(work) {
    const { x } = inputsOf(work, make);
    const chosen = x.gt(0);
    return { run: () => x.get(chosen) };
  },
  pairs: calling((_, x, i, j) => x.get(i, j)),
  cat: calling(({ dim }, ...parts) => simdgrad.cat(parts, dim)),
  permute: calling(({ dims }, x) => x.permute(dims)),
  pad: calling(({ by, mode }, x) => simdgrad.pad(x, [by, by, by, by], { mode })),
  interpolate: calling(({ factor, mode }, x) => simdgrad.interpolate(x, { scaleFactor: factor, mode })),
  rfft: calling((_, x) => simdgrad.rfft(x)),
};

// Tensors that are functions of others, such as a weight that batch normalisation was folded into, kept until these change.
import { withoutInterceptors } from "../../tensor/dispatch.js";
import { unscoped } from "../../tensor/scope.js";
import { Storage } from "../../tensor/storage.js";
import { noGrad } from "../../tensor/tape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { clone } from "./shape.js";

/**
 * @internal The tensor that `make` computes from `sources`, without gradients; `key` says what it computes: there is one tensor for each key
 * and sources. It is computed on the first call, and again after one of the sources was edited in place. It belongs to the sources: when the
 * elements of one of them are freed it is disposed of, together with what is derived from it in turn, such as its packed form. No scope and
 * no caller disposes of it.
 */
export function derive(key: string, sources: readonly Tensor[], make: () => Tensor): Tensor {
  if (sources.some((source) => source.isMeta)) return make();
  const storages = sources.map(({ storage }) => storage);
  const places = sources.map(({ ptr, storage, dtype, shape }) => `${dtype}[${shape}] at ${ptr - storage.ptr}`);
  // A view would keep the elements of its source from being freed.
  const compute = (): Tensor => {
    const made = make();
    return storages.includes(made.storage) ? clone(made) : made;
  };
  return Storage.derive(storages, `${key} of ${places.join(", ")}`, () => {
    const tensor = withoutInterceptors(() => unscoped(() => noGrad(compute)));
    return { tensor, release: () => tensor.dispose() };
  }).tensor;
}

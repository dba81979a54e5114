// Lists live tensors with the lines that made them.
import { checkBoolean } from "../checks.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { here, userFrame } from "../tensor/stack.js";
import { type LiveTensor, listTensorsBy } from "../tensor/storage.js";
import { type Reference, refer } from "../tensor/tape.js";
import { type Tensor, watchTensors } from "../tensor/tensor.js";

/** A tensor that was made, which is not kept alive, and the stack trace of its creation. */
interface Made {
  readonly tensor: Reference<Tensor>;
  readonly stack: string;
}

/** Tensors that are gone are removed from the list when it has this length, and again each time its length has doubled. */
const SWEEP_AT = 1024;

const isLive = ({ tensor }: Made): boolean => tensor.deref()?.disposed === false;

let end: (() => void) | undefined;

function begin(): () => void {
  let made: Made[] = [];
  let sweepAt = SWEEP_AT;
  const endWatch = watchTensors((tensor) => {
    if (made.push({ tensor: refer(tensor), stack: here() }) < sweepAt) return;
    made = made.filter(isLive);
    sweepAt = Math.max(SWEEP_AT, 2 * made.length);
  });
  listTensorsBy(() =>
    made.flatMap(({ tensor, stack }): LiveTensor[] => {
      const x = tensor.deref();
      if (x?.disposed !== false) return [];
      const { shape, dtype, size } = x;
      return [{ shape, dtype, bytes: size * bytesPerElement[dtype], where: userFrame(stack) }];
    }),
  );
  return () => {
    endWatch();
    listTensorsBy(undefined);
  };
}

/**
 * From now on the library remembers which line of the program made each tensor, and `memory({ live: true })` lists those that are alive;
 * `traceMemory(false)` ends it and forgets them. While it is on, each new tensor costs a stack trace. A second call with
 * the same argument changes nothing. Errors: `ArgError` for what is neither true nor false.
 * @example
 * traceMemory(true);
 * const [first] = scope(() => [ones(3), memory({ live: true }).live[0]]);
 * traceMemory(false);
 */
export function traceMemory(on: boolean): void {
  checkBoolean("traceMemory", "on", on);
  if (on) end ??= begin();
  else {
    end?.();
    end = undefined;
  }
}

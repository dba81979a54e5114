// Arrays in float64, slow and plain: the truth the ops are compared with.

/** Row-major numbers with a shape. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, d) => size * d, 1);

/** A position; rules name as many dimensions as they have. */
// biome-ignore lint/suspicious/noExplicitAny: lets rules name their dimensions without saying that each is there
type Index = any[];

/** An array from a rule over positions. */
export function nd(shape: readonly number[], rule: (...index: Index) => number): Nd {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = rule(...index);
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (shape[d] as number)) break;
      index[d] = 0;
    }
  }
  return { shape, data };
}

/** The element at a position. */
export function at({ shape, data }: Nd, index: readonly number[]): number {
  let flat = 0;
  for (let d = 0; d < shape.length; d++) flat = flat * (shape[d] as number) + (index[d] as number);
  return data[flat] as number;
}

/** The element at a position of a broadcast array: missing dimensions and those of size 1 repeat. */
function broadcastAt(x: Nd, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length);
  return at(
    x,
    own.map((i, d) => (x.shape[d] === 1 ? 0 : i)),
  );
}

/** The shape arrays broadcast to. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, d) => {
    const sizes = shapes.map((shape) => shape[d - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** A function of numbers, element by element, with broadcasting. */
export function elementwise(rule: (...values: number[]) => number): (...inputs: Nd[]) => Nd {
  return (...inputs) => nd(broadcastShape(...inputs.map((x) => x.shape)), (...index) => rule(...inputs.map((x) => broadcastAt(x, index))));
}

/** Reduces dimensions: `rule` sees all elements that meet in one place, in row-major order. */
export function reduce(x: Nd, dims: readonly number[], keepdim: boolean, rule: (values: number[]) => number): Nd {
  const kept = x.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const inner = x.shape.map((size, d) => (dims.includes(d) ? size : 1));
  const full = nd(kept, (...index) => {
    const values: number[] = [];
    nd(inner, (...offset) =>
      values.push(
        at(
          x,
          index.map((i, d) => i + (offset[d] as number)),
        ),
      ),
    );
    return rule(values);
  });
  return keepdim ? full : { shape: x.shape.filter((_, d) => !dims.includes(d)), data: full.data };
}

/** The same elements under another shape. */
export const reshaped = (x: Nd, shape: readonly number[]): Nd => ({ shape, data: x.data });

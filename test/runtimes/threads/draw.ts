// Seeded choices for random work. They do not come from the library, whose own random numbers are among what is tested.
import { rand, randint, randn, type Tensor } from "simdgrad";

/** The least and the most elements of a piece of work, by its size: only the large ones are worth splitting. */
const SIZES = { small: [1, 4000], large: [85_000, 130_000] } as const;
/** Share of the work that is small. */
const SMALL = 0.15;

export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 to 1 (mulberry32). */
  real(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** lo to hi, both included. */
  int(lo: number, hi: number): number {
    return lo + Math.floor(this.real() * (hi - lo + 1));
  }

  chance(p: number): boolean {
    return this.real() < p;
  }

  pick<T>(...values: readonly T[]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  elements(): number {
    const [least, most] = SIZES[this.chance(SMALL) ? "small" : "large"];
    return this.int(least, most);
  }

  /** Sizes of `axes` dimensions of about as many elements as work has. */
  shape(axes: number = this.int(1, 4)): number[] {
    let left = this.elements();
    return Array.from({ length: axes }, (_, axis) => {
      const others = axes - 1 - axis;
      const size = others === 0 ? left : this.int(1, Math.ceil(1.5 * left ** (1 / (others + 1))));
      left = Math.ceil(left / size);
      return size;
    });
  }

  normal(...shape: number[]): Tensor {
    return randn(shape);
  }

  /** 0.1 to 1.1, where roots and logarithms are numbers. */
  positive(...shape: number[]): Tensor {
    return rand(shape).add(0.1);
  }

  /** Whole numbers from 0 to below `end`. */
  index(end: number, ...shape: number[]): Tensor {
    return randint(0, end, shape);
  }
}

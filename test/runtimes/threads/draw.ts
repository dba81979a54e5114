// What random work is done on.
import { rand, randint, randn, type Tensor } from "simdgrad";
import { Choices } from "./choices.js";

/** The least and the most elements of a piece of work, by its size: only the large ones are worth splitting. */
const SIZES = { small: [1, 4000], large: [85_000, 130_000] } as const;
/** Share of the work that is small. */
const SMALL = 0.15;

export class Draw extends Choices {
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

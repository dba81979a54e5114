// Seeded choices for random work. They do not come from the library, whose own random numbers are among what is tested.

export class Choices {
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
}

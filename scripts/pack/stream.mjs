// The counterpart of assembly/unpack/stream.ts: a stream of symbols with immediates as literals and copies of earlier symbols.
import {
  ANSWERS,
  after,
  otherName,
  writeAgain,
  writeAgainLength,
  writeCopy,
  writeDistance,
  writeImmediate,
  writeLength,
  writeLiteral,
} from "./codes.mjs";
import { LOCAL } from "./instructions.mjs";
import { number } from "./range.mjs";
import { chooseSteps, pricesOf } from "./steps.mjs";

/** @typedef {import("./steps.mjs").Item} Item */

/** Writes one stream: its models have names that start with `name`. */
export class StreamEncoder {
  /** @type {Item[]} */
  #items = [];
  #name;
  #last = new Map();
  #answers = { local: 0, other: 0 };

  constructor(name) {
    this.#name = name;
  }

  /** The state, for `restore`. */
  save() {
    return { items: [...this.#items], last: new Map(this.#last) };
  }

  restore({ items, last }) {
    this.#items = [...items];
    this.#last = new Map(last);
  }

  /**
   * @param {import("./range.mjs").RangeEncoder} encoder
   * @param {Item[]} items
   * @param {import("./range.mjs").Prices} prices
   */
  write(encoder, items, prices) {
    const start = this.#items.length;
    this.#items.push(...items);
    number(encoder, `${this.#name}count`, items.length);
    this.#answers = { local: 0, other: 0 };
    let distances = [1, 1];
    let kinds = 0;
    const name = this.#name;
    for (const { from, length, distance, again } of chooseSteps(this.#items, start, pricesOf(prices, name), this.#last)) {
      if (!distance) {
        writeLiteral(encoder, name, kinds, this.#items[from].symbol);
        kinds = after(kinds, 0);
      } else if (again) {
        const before = distance !== distances[0];
        writeAgain(encoder, name, kinds, before);
        if (before) distances.reverse();
        writeAgainLength(encoder, name, length);
        kinds = after(kinds, 1);
      } else {
        writeCopy(encoder, name, kinds);
        writeLength(encoder, name, length);
        writeDistance(encoder, name, distance);
        distances = [distance, distances[0]];
        kinds = after(kinds, 2);
      }
      for (let i = from; i < from + length; i++)
        this.#writeImmediate(encoder, this.#items[i], distance ? this.#items[i - distance] : undefined);
    }
  }

  #writeImmediate(encoder, item, source) {
    const { symbol, kind } = item;
    if (!kind) return;
    const expected = source ?? this.#last.get(symbol);
    this.#last.set(symbol, item);
    if (expected) {
      const which = kind & LOCAL ? "local" : "other";
      const other = item === expected ? 0 : 1;
      encoder.bit(`${otherName(item, expected, source)},${this.#answers[which]}`, other);
      this.#answers[which] = ((this.#answers[which] << 1) | other) % ANSWERS;
      if (!other) return;
    }
    writeImmediate(encoder, item, source);
  }
}

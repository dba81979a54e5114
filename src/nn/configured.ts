// The base of layers and losses that are one function with options.
import { Module } from "./module.js";

/** A module without parameters that passes its options on. */
export abstract class Configured<Options extends object> extends Module {
  /** The options, all of them. */
  readonly options: Options;

  constructor(options: Options) {
    super();
    this.options = { ...options };
  }
}

// simdgrad/bundle: all entries that need no file system, without the ready networks, in one file for script tags and CDNs.
import "./methods/index.js"; // first, for the order of the operations

export * as data from "./data/index.js";
export * from "./index.js";
export * as io from "./io/index.js";
export * as metrics from "./metrics/index.js";
export * as plot from "./plot/index.js";
export * as quantize from "./quantize/index.js";
export * as train from "./train/index.js";

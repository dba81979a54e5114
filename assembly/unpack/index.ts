// A module of its own, with its own memory: makes the kernels' module from the text that scripts carry (src/wasm/modules/unpack.ts).
export * from "./base64";
export { INPUT, MODULE } from "./layout";
export * from "./link";
export { restore, save } from "./stream";

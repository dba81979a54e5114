// A module of its own, with its own memory: makes the kernels' bytes from the text that scripts carry (src/wasm/modules/unpack.ts).
export * from "./base64";
export * from "./inflate";
export * from "./patch";

// In place of a group's text, where all kernels come as one .wasm file.

export const text = undefined;

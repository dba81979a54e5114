// Pooling over planes of an image, planes = N * C.
export * from "./adaptive_pool";
export * from "./avg_pool";
export * from "./max_pool";

// All of `simdgrad` with all methods of tensors, to measure the size of its bundle.
import "simdgrad/methods";

export * from "simdgrad";

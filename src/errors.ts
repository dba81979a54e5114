// The error classes of the library. Messages begin with the operation, then what came, what fits, and the next step.

/** Base of every error this library throws on purpose; `instanceof SimdgradError` tells them from bugs. */
export class SimdgradError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Shapes that do not fit together or do not suit the operation. */
export class ShapeError extends SimdgradError {}

/** An element type the operation does not take. */
export class DTypeError extends SimdgradError {}

/** A position or dimension outside its range. */
export class IndexError extends SimdgradError {}

/** An argument outside its domain: a probability of 2, a stride of 0. */
export class ArgError extends SimdgradError {}

/** Misuse of automatic differentiation: backward twice, on a non-scalar, after an in-place edit. */
export class GradError extends SimdgradError {}

/** An object in the wrong state: a disposed tensor, a state dict that does not match its module. */
export class StateError extends SimdgradError {}

/** Bytes that are not what their format promises. */
export class FormatError extends SimdgradError {}

/** A request the memory limit cannot serve; nothing was allocated and the library goes on working. */
export class MemoryError extends SimdgradError {}

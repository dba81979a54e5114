// The option of calls of layers that lead back from a smaller size.
import { readOptions } from "../options.js";

/** The size that a call asks for, or `null`. */
export function toSize<Size>(layer: string, options: { outputSize?: Size | null } | undefined): { outputSize: Size | null } {
  return readOptions<{ outputSize: Size | null }>(layer, options, { outputSize: null });
}

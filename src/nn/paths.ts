// Patterns of paths: `encoder.*.bias`. `*` stands for any text without dots, `**` for any number of names.
import { ArgError, describe } from "../errors.js";

/** A path or pattern, or several. */
export type PathPatterns = string | readonly string[];

/** What has to fit: the whole path; its first names, so that a module's path stands for all in it; or its last ones. */
type Part = "whole" | "start" | "end";

/** Fits paths with a dot at their end. */
const expressionOf = (pattern: string, part: Part): RegExp => {
  const any = "(?:[^.]+\\.)*";
  const names = pattern.split(".").map((name) => {
    if (name === "**") return any;
    return name === "*" ? "[^.]+\\." : `${name.replace(/[^\w*]/g, "\\$&").replaceAll("*", "[^.]*")}\\.`;
  });
  return new RegExp(`^${part === "end" ? any : ""}${names.join("")}${part === "start" ? "" : "$"}`);
};

/**
 * The paths that one of the patterns fits, in their order.
 * Errors: `ArgError` for what is no pattern, and for a pattern that fits none, which names some of the paths.
 */
export function selectPaths(op: string, paths: readonly string[], patterns: unknown, part: Part): string[] {
  const list = [patterns].flat();
  const found = new Set<string>();
  for (const pattern of list) {
    if (typeof pattern !== "string") throw new ArgError(`${op}: takes paths such as "encoder.*" or "**.bias", got ${describe(pattern)}`);
    const expression = expressionOf(pattern, part);
    const fitting = paths.filter((path) => expression.test(`${path}.`));
    if (fitting.length === 0)
      throw new ArgError(`${op}: nothing has the path "${pattern}"; there are ${paths.filter(Boolean).slice(0, 12).join(", ")}`);
    for (const path of fitting) found.add(path);
  }
  return paths.filter((path) => found.has(path));
}

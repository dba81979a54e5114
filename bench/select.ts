// The selection of tasks.
import type { Suite } from "./suite.js";
import { suites } from "./suites/index.js";

/** The groups, with only the tasks that match the filter. */
export function select(filter: string): Suite[] {
  const wanted = filter.toLowerCase();
  const left = suites.map((suite) => ({
    ...suite,
    tasks: suite.tasks.filter(({ name }) => `${suite.group}: ${name}`.toLowerCase().includes(wanted)),
  }));
  return left.filter(({ tasks }) => tasks.length > 0);
}

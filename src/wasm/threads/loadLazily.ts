// Imports the thread code when `setThreads` is first called. Used in Node, where every file that a program imports delays its start.
import type { changeThreads } from "./changeThreads.js";

export const loadThreads = async (): Promise<typeof changeThreads> => (await import("./changeThreads.js")).changeThreads;

// What changes the number of threads, loaded when it is asked for: Node waits for every file that a program imports.
import type { switchTo } from "./switch.js";

export const loadSwitch = async (): Promise<typeof switchTo> => (await import("./switch.js")).switchTo;

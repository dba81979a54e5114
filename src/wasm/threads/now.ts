// What changes the number of threads, loaded with the rest: bundlers drop it where `setThreads` is not used.
import { switchTo } from "./switch.js";

export const loadSwitch = async (): Promise<typeof switchTo> => switchTo;

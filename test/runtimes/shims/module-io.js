// "simdgrad/io" for a page that imports the one file.
import { io } from "simdgrad";

export const { loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } = io;

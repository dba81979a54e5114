// "simdgrad/nn" for a program that imports the one file.
import { nn } from "simdgrad";

export const { Linear } = nn;

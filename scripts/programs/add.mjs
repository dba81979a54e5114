// The smallest program, to measure the size of its bundle.
import { tensor } from "simdgrad";

console.log(String(tensor([1, 2]).add(1)));

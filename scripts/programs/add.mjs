// What the smallest program needs.
import { tensor } from "simdgrad";

console.log(String(tensor([1, 2]).add(1)));

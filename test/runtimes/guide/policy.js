import { tensor } from "./simdgrad.min.js";

document.body.append(String(tensor([1, 2, 3]).mul(2)));

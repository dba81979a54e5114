import { train } from "./loop.js";

train(600);

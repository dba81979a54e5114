export * from "../errors.js";

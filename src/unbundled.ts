// Imports all methods of Tensor and of Module where nothing is left out. package.json does not name this module among those with side effects, so bundlers
// drop it with all that only it imports.
import "./methods/index.js";
import "./nn/tools.js";

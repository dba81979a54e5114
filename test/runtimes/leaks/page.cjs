// Runs scripts as a page does, one after the other in one global scope.
const { readFileSync } = require("node:fs");
const { runInThisContext } = require("node:vm");

for (const filename of process.argv.slice(2)) runInThisContext(readFileSync(filename, "utf8"), { filename });

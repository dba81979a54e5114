const { tensor } = require("simdgrad");

console.log(String(tensor([1, 2, 3]).mul(2)));

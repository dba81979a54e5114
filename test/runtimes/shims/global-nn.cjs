// "simdgrad/nn" for a page that got the library from a plain script element.
module.exports = globalThis.simdgrad.nn;

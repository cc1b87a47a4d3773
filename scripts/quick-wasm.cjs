/**
 * Preloaded into processes that live for a second or two: WebAssembly (PGlite) stays as V8 compiles it at first. What the
 * optimising compiler makes of it comes too late for them, and Node waits for it before the process ends.
 */
const { setFlagsFromString } = require('node:v8');

setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');

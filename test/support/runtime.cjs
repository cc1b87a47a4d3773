/**
 * Jest's runtime, which evaluates every module once a spec file. That isolation stays; what V8 makes of a file's text is
 * kept from one spec file of a worker to the next, instead of being made once for each.
 */
const vm = require('node:vm');

/** A text by the name of its file, with V8's code for it. */
class KeptCode {
  #kept = new Map();

  /** V8's code for the text, if it was compiled before. */
  of(name, text) {
    const kept = this.#kept.get(name);
    return kept?.text === text ? kept.code : undefined;
  }

  keep(name, text, code) {
    this.#kept.set(name, { text, code });
  }
}

const modules = new KeptCode();
const { SourceTextModule } = vm;
vm.SourceTextModule = class extends SourceTextModule {
  constructor(text, options) {
    const cachedData = modules.of(options.identifier, text);
    super(text, cachedData === undefined ? options : { ...options, cachedData });
    // possible only before the module is evaluated
    if (cachedData === undefined) modules.keep(options.identifier, text, this.createCachedData());
  }
};

const functions = new KeptCode();
const { compileFunction } = vm;
vm.compileFunction = (text, parameters, options) => {
  const cachedData = functions.of(options.filename, text);
  if (cachedData !== undefined) return compileFunction(text, parameters, { ...options, cachedData });
  const compiled = compileFunction(text, parameters, { ...options, produceCachedData: true });
  functions.keep(options.filename, text, compiled.cachedData);
  return compiled;
};

module.exports = require('jest-runtime');

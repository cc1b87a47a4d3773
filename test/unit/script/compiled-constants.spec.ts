import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileFunction, createContext } from 'node:vm';
import { isJavaScriptFile, readCompiledConstants } from '../../../libs/nest-migrate/src/script/compiled-constants.js';
import { CONSTANT_NAMES, readConstants } from '../../../libs/nest-migrate/src/script/revision-constants.js';
import { forms, said, source } from './forms.js';
import { minified } from './minified.js';

/** As the script directory reads a compiled file. */
async function read(text: string): Promise<unknown> {
  const constants = readConstants(text);
  return constants === 'unknown' ? readCompiledConstants(text) : constants;
}

/** What a CommonJS script says when it is run: the truth that reading has to agree with. */
function run(text: string): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown> };
  // what one script leaves in the global object is not there for the next
  const parsingContext = createContext({});
  const script = compileFunction(text, ['exports', 'module'], { parsingContext }) as (...globals: unknown[]) => void;
  script(module.exports, module);
  const { exports } = module;
  return JSON.parse(JSON.stringify(Object.fromEntries(CONSTANT_NAMES.map((name) => [name, exports[name]])))) as Record<
    string,
    unknown
  >;
}

const compiled = forms.filter(({ kind }) => kind !== 'typescript');

const READABLE: Readonly<Record<string, string>> = {
  'a single export of swc': `Object.defineProperty(exports, "revision", { enumerable: true, get: function() { return revision; } });
const revision = 'a';`,
  'members by string': "exports['revision'] = 'a'; module.exports.downRevision = `b`; module['exports'];",
  'module.exports, by hand':
    "const id = 'a'; module.exports = { revision: id, downRevision: ['b', id], upgrade() {} };",
  'module.exports and exports': "exports = module.exports = { revision: 'a', downRevision: null };",
  'the last of several': "exports.revision = 'a'; exports.revision = 'b';",
  'a variable that is another': "var a = 'x', b = a; exports.revision = b;",
  'a table whose functions become getters':
    "f(exports, { revision: () => a }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { enumerable: true, get: t[k] }) }",
  'a table that a loop copies':
    "var e = exports, a = 'x', t = { revision: () => a }; for (var k in t) Object.defineProperty(e, k, { enumerable: true, get: t[k] });",
  'names used again inside': `var e = "x"; exports.revision = e;
function f(e) { e = 1; }
function g() { e = 2; { var e; } }
const h = () => { let e; for (e of []); e++; };
const i = function e() { e = 1; };
class J { static { let e; e = 3; } }
try { f(1); } catch (e) { e = 4; }
for (let e = 0; e < 1; e++);
switch (1) { case 1: let e; e = 5; }
f(); g(); h(); i(); J;`,
  'lists of objects, as minifiers write them':
    "var t='b';exports.revision='a',exports.elidable=!0,exports.accept=[{rule:t,'reason':`c`}],exports.replaces=['x'];",
  'what is false, minified': "exports.revision='a';exports.elidable=!1;exports.irreversible=null;",
  'sloppy text that is no module': "var public = 1; exports.revision = 'a'; exports.downRevision = null;",
  'comments and a hashbang': "#!/usr/bin/env node\n// exports.revision = 'b'\nexports.revision = 'a';",
};

const UNKNOWN: Readonly<Record<string, string>> = {
  computed: "exports.revision = 'a' + 1;",
  'a computed member': "exports['revi' + 'sion'] = 'a';",
  'under a condition': "exports.revision = 'a'; if (exports) exports.revision = 'b';",
  'in a function': "exports.revision = 'a'; (() => { exports.revision = 'b'; })();",
  'through another name': "exports.revision = 'a'; const e = exports; (() => { e.revision = 'b'; })();",
  'in code that is handed exports': "exports.revision = 'a'; Object.assign(exports, { revision: 'b' });",
  'assigned later': "let a = 'x'; exports.revision = a; a = 'y'; module.exports = { revision: a };",
  'assigned in a function': "let a = 'x'; f(); function f() { a = 'y'; } exports.revision = a;",
  'assigned in a pattern': "let a = 'x'; [{ a }] = [{ a: 'y' }]; exports.revision = a;",
  'assigned in a loop': "var a = 'x'; for (a of ['y']); exports.revision = a;",
  'declared twice': "var a = 'x'; var a = 'y'; exports.revision = a;",
  'declared again in a block': "var a = 'x'; { var a = 'y'; } exports.revision = a;",
  'assigned beside a shadow': "let a = 'x'; { let a; } a = 'y'; exports.revision = a;",
  'a variable without a value yet': "exports.revision = a; var a = 'x'; exports.downRevision = null;",
  'a list that grows': "const a = ['b']; a.push('c'); exports.revision = 'a'; exports.downRevision = a;",
  'an object that changes':
    "const a = { rule: 'b', reason: 'c' }; a.rule = 'd'; exports.revision = 'a'; exports.accept = [a];",
  'an object with a computed name': "exports.revision = 'a'; exports.accept = [{ ['ru' + 'le']: 'b' }];",
  'an object with a spread': "const o = {}; exports.revision = 'a'; exports.accept = [{ ...o }];",
  'an object with a getter': "exports.revision = 'a'; exports.accept = [{ get rule() { return 'b' } }];",
  'a prototype': "exports.revision = 'a'; exports.accept = [{ __proto__: null, rule: 'b' }];",
  'two tables':
    "f(exports, { get revision() { return a } }, { get revision() { return b } }); const a = 'x', b = 'y'; function f(e, t) { e.revision = t.revision }",
  'a table and more': "f(exports, { revision: () => a }); const a = 'x'; exports.revision = 'y'; function f() {}",
  'a table with more in it':
    "f(exports, { revision: () => a, ...{ revision: () => b } }); const a = 'x', b = 'y'; function f() {}",
  'a table that nobody copies': "f(exports, { revision: () => a }); let a = 'x'; function f() {}",
  'a table whose functions are copied':
    "f(exports, { revision: () => a }); let a = 'x'; function f(e, t) { e.revision = t.revision }",
  'a table that Object.assign copies': "let a = 'x'; Object.assign(exports, { revision: () => a });",
  'a table in a wrapped object, whose functions are copied':
    "var o = {}; f(o, { revision: () => a }); module.exports = w(o); var a = 'x'; function f(e, t) { e.revision = t.revision } function w(e) { return e }",
  'a table that one of two functions copies':
    "f(exports, { revision: () => a }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { get: t[k] }) } function f(e, t) {}",
  'a table beside a whole':
    "exports = module.exports = { revision: 'b' }; f(exports, { revision: () => a }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { get: t[k] }) }",
  'a table of another object':
    "var o = {}; f(o, { revision: () => a }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { get: t[k] }) }",
  'a table under a condition':
    "if (1) f(exports, { revision: () => a }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { get: t[k] }) }",
  'a loop that copies under a condition':
    "var a = 'x', t = { revision: () => a }; if (1) for (var k in t) Object.defineProperty(exports, k, { get: t[k] });",
  'a loop that copies functions':
    "var a = 'x', t = { revision: () => a }; for (var k in t) Object.defineProperty(exports, k, { value: t[k] });",
  'a table of getters that are read too early':
    "f(exports, { get revision() { return a } }); var a = 'x'; function f(e, t) { for (var k in t) Object.defineProperty(e, k, { get: t[k] }) }",
  'a getter that computes': "module.exports = { get revision() { return 'a' + 1 } };",
  'replaced as a whole': "exports.revision = 'a'; module.exports = Object.create({ revision: 'b' });",
  'replaced by another': "module.exports = { revision: 'a' }; module.exports = { revision: 'b' };",
  spread: "const all = { revision: 'b' }; module.exports = { revision: 'a', ...all };",
  evaluated: "var a = 'x'; eval(\"a = 'y'\"); exports.revision = a;",
  with: "var a = 'x'; with ({}) { a = 'y'; } exports.revision = a;",
  'no exports at all': "const revision = 'a';",
};

const UNKNOWN_MODULES: Readonly<Record<string, string>> = {
  'exported from elsewhere': "export { revision } from './other.js';",
  'all of another': "const a = 'x'; export { a as revision }; export * from './other.js';",
  'a namespace': "export * as revision from './other.js';",
  'a function': 'export function revision() {}',
  'an import': "import { a } from './other.js'; export { a as revision };",
  computed: "const a = String('x'); export { a as revision };",
  'assigned later': "let a = 'x'; export { a as revision }; a = 'y';",
  'assigned by a default': "let a = 'x'; export { a as revision }; function f(b = (a = 'y')) {}",
  destructured: "const { a } = { a: 'x' }; export { a as revision };",
  'by default': "export default { revision: 'a' };",
  broken: "const a = 'x; export { a as revision };",
  'nested without end': `const a = 'x'; export { a as revision }; ${'['.repeat(100_000)};`,
};

describe('the constants of a compiled revision', () => {
  it.each(forms.map((form) => [form.name, form] as const))(
    'are read with truth and objects in: %s',
    async (_name, form) => {
      const text = form.compile(`export const revision = 'a';
export const downRevision = null;
export const elidable = true;
export const irreversible = 'why';
export const replaces = ['x', 'y'];
export const accept: readonly { rule: string; reason: string }[] = [{ rule: 'drop', reason: 'unused' }];
export async function upgrade(op: any): Promise<void> { if (op.offline === true) await op.execute('select 1'); }
export const fixture = async (op: any): Promise<void> => op.execute('insert');
`);
      expect(await read(text)).toMatchObject({
        elidable: true,
        irreversible: 'why',
        replaces: ['x', 'y'],
        accept: [{ rule: 'drop', reason: 'unused' }],
      });
    },
  );

  it.each(compiled.map((form) => [form.name, form] as const))('are all read in: %s', async (_name, { compile }) => {
    expect(await read(compile(source))).toEqual(said);
  });

  it.each(Object.keys(minified))('are all read in what was minified by %s', async (name) => {
    expect(await read(minified[name] ?? '')).toEqual(said);
  });

  it.each(Object.keys(READABLE))('are what running the script says: %s', async (name) => {
    const text = READABLE[name] ?? '';
    const found = await readCompiledConstants(text);
    expect(found).toEqual(run(text.replace(/^#!.*/, '')));
    expect(found).toHaveProperty('revision');
  });

  it.each(Object.entries({ ...UNKNOWN, ...UNKNOWN_MODULES }))(
    'are unknown where only running would tell: %s',
    async (_name, text) => {
      expect(await read(text)).toBe('unknown');
    },
  );

  it('are right or unknown, however pieces of CommonJS are put together', async () => {
    const lines = [...Object.values(READABLE), ...Object.values(UNKNOWN)].flatMap((text) => text.split(/\n|(?<=;) /));
    const piece = fc.constantFrom(
      ...lines,
      "exports.message = 'm';",
      'exports.services = void 0;',
      "a = 'z';",
      'if (1) {',
      '}',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const text = pieces.join('\n').replaceAll('#!/usr/bin/env node', '');
        const found = await readCompiledConstants(text);
        if (found === 'unknown') return;
        let truth: Record<string, unknown>;
        try {
          truth = run(text);
        } catch {
          return; // it does not run at all: loading says so
        }
        expect(found).toEqual(truth);
      }),
      { numRuns: Number(process.env['COMPILED_RUNS'] ?? 2000) },
    );
  });

  it('are looked for by a parser in JavaScript alone', () => {
    expect(['a.js', 'a.mjs', 'a.cjs'].every(isJavaScriptFile)).toBe(true);
    expect(['a.ts', 'a.mts', 'a.cts', 'js'].some(isJavaScriptFile)).toBe(false);
  });
});

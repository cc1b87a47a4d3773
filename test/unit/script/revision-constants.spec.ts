import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathToFileURL } from 'node:url';
import { CONSTANT_NAMES, readConstants } from '../../../libs/nest-migrate/src/script/revision-constants.js';
import { TemporaryFolder } from './temporary-folder.js';

const folder = new TemporaryFolder();
afterAll(() => folder.remove());

/** What the file says when it is run: the truth that reading has to agree with. */
async function imported(text: string): Promise<Record<string, unknown>> {
  const module = (await import(pathToFileURL(folder.module(text)).href)) as Record<string, unknown>;
  return Object.fromEntries(CONSTANT_NAMES.filter((name) => name in module).map((name) => [name, module[name]]));
}

const READABLE: Readonly<Record<string, string>> = {
  plain: "export const revision = 'a';\nexport const downRevision = null;",
  'double quotes and templates': 'export const revision = "a";\nexport const message = `b\'"`;',
  'no semicolons': "export const revision = 'a'\nexport const downRevision = 'b'\nexport async function upgrade() {}",
  'several on a line': "export const revision='a';export const downRevision='b';export const message='c'",
  'one declaration': "export const revision = 'a', downRevision = ['b', 'c'], message = 'd';",
  'one declaration, then another name': "export const revision = 'a', other = 1;\nexport const message = 'b';",
  lists:
    "export const revision = 'a';\nexport const downRevision = ['b',\n  \"c\", `d`,\n];\nexport const services = [];",
  annotations: [
    "export const revision: string = 'a';",
    "export const downRevision: string | null = 'b';",
    "export const branchLabels: readonly string[] | null = ['x'];",
    "export const dependsOn: ReadonlyArray<string | Readonly<string>> = ['y'];",
    "export const services: (string)[] = ['z'];",
    "export const message: | 'm' | `n` = 'm';",
    "export const createDate: [string][0] = 'd';",
    "export const accept: readonly { rule: 'r' | { a: (b: string[]) => void }; reason: string }[] = [{ rule: 'r', reason: 's' }];",
  ].join('\n'),
  assertions: [
    "export const revision = 'a' as const;",
    'export const downRevision = null as string | null;',
    "export const branchLabels = ['x'] as const satisfies readonly string[];",
    "export const dependsOn = ['y'] satisfies Array<string>",
    "export const message = 'm' as string",
  ].join('\n'),
  comments: [
    '#!/usr/bin/env node',
    "// export const revision = 'wrong';",
    "/* export const revision = 'wrong'; */",
    "export /* a */ const /* b */ revision /* c */ = /* d */ 'a' // e",
    "/** export const downRevision = 'wrong' */",
    "export const downRevision = /* '] */ [ /* x */ 'b', // 'c'",
    "  'd' ];",
  ].join('\n'),
  'text in strings': [
    'const trap = "export const revision = \'wrong\';";',
    'const other = `',
    "export const revision = 'wrong';",
    '${(() => { return `export const revision = "${"wrong"}"`; })()}',
    "export const message = 'wrong';`;",
    "export const revision = 'a';",
    "export const message = 'it says: export const revision = \\'wrong\\';';",
  ].join('\n'),
  'text in functions': [
    "export const revision = 'a';",
    'export async function upgrade() {',
    "  const sql = `\nexport const message = 'wrong';\n`;",
    "  const revision = 'wrong'; const downRevision = 'wrong';",
    '  /* */ return [sql, revision, downRevision];',
    '}',
    "// export const createDate = 'wrong';",
  ].join('\n'),
  'constants behind functions': [
    "export const revision = 'a';",
    'export async function upgrade(): Promise<unknown> { return [1 / 2, /[/\'"`]export/.source, { export: 1 }]; }',
    "export const downRevision = 'b';",
    'export class Something { message = 1 }',
    "export const services = ['mailer'];",
  ].join('\n'),
  escapes: String.raw`export const revision = 'a\x41\u0042\u{43}\'\"\\';
export const message = "\n\r\t\b\f\v\0 \u{1F600}\ud83d\ude00 \
continued \q \u2028 \ud800 */ $HOME \${no}";
export const createDate = ${'`'}\${no} \u0041
second line${'`'};`,
  'line separators in strings': `export const revision = 'a';\nexport const message = '\u2028\u2029é\u{1f600}';`,
  'carriage returns':
    "export const revision = 'a';\r\nexport const downRevision = 'b'\r\nexport const message = `c\r\nd`;\r\n",
  'byte order mark': "\ufeffexport const revision = 'a';",
  imports: [
    "'use strict';",
    "import type { Operations } from 'nest-migrate';",
    "import { join as revision } from 'node:path';",
    "import 'node:os';",
    "export const message = 'm';",
    'export const joined = revision;',
    "export { join } from 'node:path';",
    "export type Names = { revision: 'wrong' };",
    'export interface Named { message: string }',
    'export default function () {}',
  ]
    .join('\n')
    .replaceAll('revision', 'path')
    .concat("\nexport const revision = 'a';"),
  'a nested list': "export const revision = 'a'; export const downRevision = [['b']];",
  objects: [
    "export const revision = 'a';",
    'export const accept: readonly AcceptedFinding[] = [',
    "  { rule: 'drop-column', 'reason': 'unused',  }, // comment",
    "  { rule: `rename`, reason: 'it\\'s fine' },",
    '] as const;',
    "export const irreversible = 'the old prices are gone';",
    'export const elidable = true;',
    "export const replaces = ['x', 'y'];",
  ].join('\n'),
  'true and false': "export const revision = 'a';\nexport const elidable: boolean = false",
  'other exports with everything in them': [
    'export const other = [1, { message: `${1}` }, (a: number, message: number) => a / message];',
    'export const another = 1, third = { revision: 2 };',
    "export const revision = 'a';",
    'export let counter = 0;',
    'export const Übung = 1;',
    "export const message = 'b';",
  ].join('\n'),
};

const UNKNOWN: Readonly<Record<string, string>> = {
  'concatenated over lines': "export const revision = 'a'\n  + 'b';",
  concatenated: "export const revision = 'a' + 'b';",
  'called on a literal': "export const revision = 'a'.toUpperCase();",
  'called on the next line': "export const revision = ['a']\n  .join();",
  'tagged on the next line': 'const tag = String.raw; export const revision = tag\n`a`;',
  'computed by a function': "export const revision = String('a');",
  'substituted template': "export const revision = `a${'b'}`;",
  conditional: "export const revision = 'a' ? 'b' : 'c';",
  'a number': 'export const revision = 1;',
  'a list that is computed': "const b = 'b'; export const revision = 'a'; export const downRevision = [b];",
  'a list with a computed item':
    "export const revision = 'a'; export const accept = [{ rule: 'b' + 'c', reason: 'd' }];",
  'an object with a computed name':
    "export const revision = 'a'; export const accept = [{ ['rule']: 'b', reason: 'c' }];",
  'an object with a spread': "export const revision = 'a'; export const accept = [{ ...{}, rule: 'b', reason: 'c' }];",
  'a shorthand property':
    "const rule = 'b'; export const revision = 'a'; export const accept = [{ rule, reason: 'c' }];",
  'a prototype': "export const revision = 'a'; export const accept = [{ __proto__: null, rule: 'b', reason: 'c' }];",
  'a negated value': "export const revision = 'a'; export const elidable = !0;",
  'let, which can change': "export let revision = 'a'; revision = 'b';",
  destructured: "export const { revision } = { revision: 'a' };",
  'exported in a list': "const revision = 'a'; export { revision };",
  'exported under the name': "const id = 'a'; export { id as revision };",
  'exported under the name as a string': "const id = 'a'; export { id as 'revision' };",
  'second name behind a computed one': "export const other = String(1), revision = 'a'; export const message = 'm'",
  'escaped name': "export const r\\u0065vision = 'a';",
  'default export': "export default { revision: 'a' };",
  'exported from elsewhere': "export * from 'node:path'; export const revision = 'a';",
  'slash that could be either': "export const revision = 'a';\n{}\n/x/.test('');\nexport const message = 'b';",
};

const HAND_MADE = { ...READABLE, ...UNKNOWN };

describe('the constants of a revision, read from its text', () => {
  it.each(Object.keys(READABLE))('are what running the file says: %s', async (name) => {
    const text = READABLE[name] ?? '';
    const read = readConstants(text);
    expect(read).not.toBe('unknown');
    expect(read).toEqual(await imported(text));
    expect(read).toHaveProperty('revision');
  });

  it.each(Object.keys(UNKNOWN))('are unknown where only running would tell: %s', (name) => {
    expect(readConstants(UNKNOWN[name] ?? '')).toBe('unknown');
  });

  it.each([
    ['swc', '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nconst revision = "a";'],
    ['TypeScript', '"use strict";\nexports.revision = void 0;\nexports.revision = "a";'],
    ['a bundler', 'var e="a",t=null;export{e as revision,t as downRevision};'],
  ])('are unknown in what was compiled by %s', (_compiler, text) => {
    expect(readConstants(text)).toBe('unknown');
  });

  it.each([
    ['unterminated string', "export const revision = 'a"],
    ['unterminated comment', "export const revision = 'a'; /* export const message = 'b';"],
    ['unterminated template', "const x = `; export const revision = 'a';"],
    ['octal escape', "export const revision = '\\1';"],
    ['bad code point', "export const revision = '\\u{110000}';"],
    ['unbalanced', "}\nexport const revision = 'a';"],
    ['twice', "export const revision = 'a';\nexport const revision = 'b';"],
    ['no value', 'export const revision;'],
    ['nested without end', `const x = ${'`${'.repeat(20_000)}; export const revision = 'a';`],
  ])('are unknown in a broken file: %s', (_name, text) => {
    expect(readConstants(text)).toBe('unknown');
  });

  it('are none in a file that has nothing to do with revisions', () => {
    expect(readConstants("import 'x';\nthrow new Error('never run');")).toEqual({});
    expect(readConstants('')).toEqual({});
  });

  it('are right or unknown, however pieces of source are put together', async () => {
    const piece = fc.constantFrom(
      ...Object.values(HAND_MADE).flatMap((text) => text.split('\n')),
      "const x = '",
      '`',
      '${',
      '}',
      '{',
      '(',
      ')',
      '/*',
      '*/',
      '//',
      '/',
      '"',
      "'",
      ',',
      ';',
      '\\',
      "export const revision = 'r'",
      'export const message = `m`',
      ", message = 'n'",
    );
    const separator = fc.constantFrom('\n', ' ', '');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, separator), { maxLength: 12 }), async (pieces) => {
        const text = pieces.flat().join('');
        const read = readConstants(text);
        if (read === 'unknown' || Object.keys(read).length === 0) return;
        let truth: Record<string, unknown>;
        try {
          truth = await imported(text);
        } catch {
          return; // not a module at all: loading says so
        }
        expect(read).toEqual(truth);
      }),
      { numRuns: 400 },
    );
  });
});

describe('revisions as templates write them, which are read without the scanner', () => {
  const constant = fc
    .tuple(
      fc.constantFrom('revision', 'downRevision', 'message', 'elidable', 'other'),
      fc.constantFrom('', ': string'),
      fc.constantFrom(
        "'a'",
        "'// no comment'",
        "'export const revision = 1'",
        "''",
        'null',
        'true',
        "['b']",
        "'a' + 'b'",
        '"q"',
      ),
      fc.constantFrom(';', ';', ';', '', ', message = "m";'),
    )
    .map(([name, type, value, end]) => `export const ${name}${type} = ${value}${end}`);
  const part = fc.oneof(
    { weight: 4, arbitrary: constant },
    fc.constantFrom(
      "/** export const revision = 'no'; **/",
      '/* never closed',
      "// export const message = 'no';",
      "import type { Operations, Other } from 'nest-migrate';",
      "import { helper } from './helper.js';",
      'export async function upgrade(op) {}',
      "const text = `\nexport const revision = 'no';\n`;",
      'export default {};',
      'export { revision };',
    ),
  );

  it('are read as the scanner reads them', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), fc.constantFrom('\n', '\n\n', '\r\n', ' '), (parts, between) => {
        const text = parts.join(between);
        // with a statement of another kind in front the scanner reads all of it
        expect(readConstants(text)).toEqual(readConstants(`'use strict';\n${text}`));
      }),
      { numRuns: 2_000 },
    );
  });
});

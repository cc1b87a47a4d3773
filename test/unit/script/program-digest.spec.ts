import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { type Options as SwcOptions, transform } from '@swc/core';
import { type AnyNode, parse, type Token, tokenizer } from 'acorn';
import fc from 'fast-check';
import { format, type Options } from 'prettier';
import typescript from 'typescript';
import { childrenOf } from '../../../libs/nest-migrate/src/script/module-bindings.ts';
import { programDigest } from '../../../libs/nest-migrate/src/script/program-digest.ts';
import { arbitraryRevision } from './arbitrary-revision.ts';

/** Hundreds of revisions are printed and compiled; only what never ends takes this long. */
const HANG = 300_000;

const layouts: fc.Arbitrary<Options> = fc.record({
  printWidth: fc.constantFrom(40, 80, 200),
  useTabs: fc.boolean(),
  semi: fc.boolean(),
  singleQuote: fc.boolean(),
  quoteProps: fc.constantFrom('as-needed', 'consistent', 'preserve'),
  trailingComma: fc.constantFrom('all', 'es5', 'none'),
  bracketSpacing: fc.boolean(),
  objectWrap: fc.constantFrom('preserve', 'collapse'),
  arrowParens: fc.constantFrom('always', 'avoid'),
  experimentalTernaries: fc.boolean(),
  experimentalOperatorPosition: fc.constantFrom('start', 'end'),
  endOfLine: fc.constantFrom('lf', 'crlf'),
});

const tsc = (text: string, module: typescript.ModuleKind): string =>
  typescript.transpileModule(text, { compilerOptions: { module, target: typescript.ScriptTarget.ES2023 } }).outputText;
const swc = async (text: string, type: 'es6' | 'commonjs'): Promise<string> => {
  const options: SwcOptions = {
    swcrc: false,
    configFile: false,
    module: { type },
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  };
  return (await transform(text, options)).code;
};

const of = (text: string): Promise<string | null> => programDigest('js', text);
const small = `export const revision = 'aaaa';
export async function upgrade(op) {
  await op.execute('select 1');
  await op.tag(((op.a, op.b), op.c), op.a && (op.b && op.c));
  await op.createTable('a', { columns: { id: { type: 'integer', primary: true } } });
}
`;

const other: Readonly<Record<string, string>> = {
  ...{ '+': '-', '-': '+', '*': '/', '%': '*', '===': '!==', '<': '<=', '&&': '||', '||': '&&', '??': '||' },
  ...{ true: 'false', null: 'undefined', const: 'let', await: 'void', '?.': '.', '...': '', ',': ';' },
};

function tokensOf(text: string): readonly Token[] {
  return [...tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' })];
}

/** The words of a program, without comments and statements of nothing but a semicolon: both do nothing, wherever they stand. */
function wordsOf(text: string): readonly string[] {
  const words = tokensOf(text).map(({ start, end }) => text.slice(start, end));
  return words.filter((word, at) => word !== ';' || !/^[{};]$/.test(words[at - 1] ?? ''));
}

/** The text with one token saying something else; `undefined` where it would say the same. */
function withOtherToken(text: string, { start, end, type }: Token): string | undefined {
  const token = text.slice(start, end);
  const replaced = (by: string): string => text.slice(0, start) + by + text.slice(end);
  if (type.label === 'string') return replaced(`${token.slice(0, -1)}x${token.slice(-1)}`);
  if (type.label === 'template') return replaced(`${token}x`);
  if (type.label === 'num' || type.label === 'bigint') return replaced(`7${token.replace(/^0[xb]|^\./i, '')}`);
  if (type.label === 'regexp') return replaced(token.replace('/', '/x'));
  if (type.label === 'name') return replaced(`${token}X`);
  return other[token] === undefined ? undefined : replaced(other[token]);
}

/** The text with two neighbours in a block in the other order, and without each of them. */
function withOtherOrder(text: string): readonly string[] {
  const changed: string[] = [];
  full(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    if (node.type !== 'BlockStatement') return;
    const statements = node.body.filter(({ type }) => type !== 'EmptyStatement');
    for (const [index, { start, end }] of statements.entries()) {
      changed.push(text.slice(0, start) + text.slice(end));
      const next = statements[index + 1];
      if (next === undefined || text.slice(start, end) === text.slice(next.start, next.end)) continue;
      const between = text.slice(end, next.start);
      const swapped = text.slice(next.start, next.end) + between + text.slice(start, end);
      changed.push(text.slice(0, start) + swapped + text.slice(next.end));
    }
  });
  return changed;
}

function full(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) full(child, visit);
}

const head = "import type { Operations } from 'nest-migrate';\n\nexport const revision = 'aaaa';\n";
const upgradeOf = (body: string): string =>
  `${head}\nexport async function upgrade(op: Operations): Promise<void> {\n  ${body}\n}\n`;

it.each([
  ['the usual types', upgradeOf("await op.dropTable('a');")],
  ['type arguments that JavaScript reads as comparisons', upgradeOf('await op.query<{ a: Row }>(sql);')],
  ['a type behind as', upgradeOf('await op.execute(sql as string);')],
  ['lines with types that are part of a template', upgradeOf(`const a = \`\n${head}\`;`)],
  [
    'lines with types that are part of a string',
    upgradeOf(`const a = '\\\n${head.replaceAll("'", '"').split('\n')[0]}\\\n';`),
  ],
  ['an import of a type and a value', `import { a, type B } from 'c';\n${upgradeOf('a();')}`],
  ['a function of its own', `${upgradeOf('help(op);')}function help(op: Operations): void {}\n`],
  ['comparisons', upgradeOf('if (a < b) await op.execute(c);')],
])('the digest of a program is that of what Node makes of it: %s', async (_, text) => {
  const digest = await programDigest('ts', text);
  expect(digest).not.toBeNull();
  expect(digest).toBe(await of(stripTypeScriptTypes(text)));
});

describe('the digest of a revision’s program', () => {
  it(
    'is the same behind every layout of a formatter, and whatever comments say',
    async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryRevision, layouts, async (text, options) => {
          const digest = await programDigest('ts', text);
          expect(digest).toMatch(/^program\/1:[\da-f]{64}$/);
          const printed = await format(`// another word\n${text}`, { ...options, parser: 'typescript' });
          expect(await programDigest('ts', printed)).toBe(digest);
        }),
        { numRuns: 60 },
      );
    },
    HANG,
  );

  it(
    'is the same for what tsc and swc make of TypeScript, as ES modules and as CommonJS',
    async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryRevision, async (text) => {
          const digest = await programDigest('ts', text);
          expect(await of(tsc(text, typescript.ModuleKind.ESNext))).toBe(digest);
          expect(await of(tsc(text, typescript.ModuleKind.CommonJS))).toBe(digest);
          expect(await of(await swc(text, 'es6'))).toBe(digest);
          expect(await of(await swc(text, 'commonjs'))).toBe(digest);
        }),
        { numRuns: 60 },
      );
    },
    HANG,
  );

  it(
    'is another one where a literal, an operator, a name or the order of two statements is',
    async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryRevision, fc.nat(), async (revision, seed) => {
          const text = tsc(revision, typescript.ModuleKind.ESNext);
          const digest = await of(text);
          const tokens = tokensOf(text);
          const some = tokens.filter((_, index) => (index + seed) % 7 === 0);
          const changed = some.flatMap((token) => withOtherToken(text, token) ?? []);
          for (const each of [...changed, ...withOtherOrder(text)]) {
            if ((await of(each)) === digest) expect(wordsOf(each)).toEqual(wordsOf(text));
          }
        }),
        { numRuns: 30 },
      );
    },
    HANG,
  );

  it.each([
    [
      'quotes, semicolons and commas',
      (text: string) => text.replaceAll("'", '"').replaceAll(';', '').replaceAll(' }', ', }'),
    ],
    ['a template without a value in it', (text: string) => text.replaceAll("'integer'", '`integer`')],
    ['line endings and a byte order mark', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['quoted names of properties', (text: string) => text.replace('columns:', "'columns':")],
    ['parentheses', (text: string) => text.replace("'a',", "(('a')),")],
    ['the parentheses of a sequence', (text: string) => text.replace('((op.a, op.b), op.c)', '(op.a, op.b, op.c)')],
    ['those of one logical operator', (text: string) => text.replace('(op.b && op.c)', 'op.b && op.c')],
    [
      'an export behind the declaration',
      (text: string) => `${text.replaceAll('export ', '')}export { revision, upgrade };\n`,
    ],
    ['what is left of an import of types', (text: string) => `import {} from 'nest-migrate';\n${text}export {};\n`],
  ])('does not depend on %s', async (_, spell) => {
    expect(spell(small)).not.toBe(small);
    expect(await of(spell(small))).toBe(await of(small));
  });

  it.each([
    [
      'the order of properties',
      (text: string) => text.replace("type: 'integer', primary: true", "primary: true, type: 'integer'"),
    ],
    ['an import for its effects', (text: string) => `import 'nest-migrate';\n${text}`],
    ['whether a name is exported', (text: string) => text.replace('export const', 'const')],
    [
      'what a name is exported as',
      (text: string) => text.replace('export const', 'const').concat('export { revision as r };\n'),
    ],
    ['an `await`', (text: string) => text.replace('await ', '')],
    ['parentheses that mean something', (text: string) => text.replace("'select 1'", '2 * (3 + op.a)')],
  ])('depends on %s', async (_, change) => {
    const digest = await of(change(small));
    expect(digest).not.toBeNull();
    expect(digest).not.toBe(await of(small));
  });

  it('stays what earlier versions have written into histories', async () => {
    // where this fails, an update of the parser has changed the form: PROGRAM_FORM has to have another name then
    expect(await of(small)).toBe('program/1:5108ae5746c456a1e749fc0d3e017c64a9405e9b604a2335bf6405ff6fffac37');
  });

  it.each([
    [
      'a minifier wrote it',
      "export const revision='aaaa';export async function upgrade(o){await o.execute('select 1')}",
      'js',
    ],
    ['it is no JavaScript', 'export const = 1;\n', 'js'],
    ['its types can’t be erased', "export enum A { a }\nexport const revision = 'aaaa';\n", 'ts'],
    [
      'its expressions are nested by the thousand',
      `export const a = ${'['.repeat(20_000)}${']'.repeat(20_000)};\n`,
      'js',
    ],
  ] as const)('is missing where %s', async (_, text, kind) => {
    expect(await programDigest(kind, text)).toBeNull();
  });
});

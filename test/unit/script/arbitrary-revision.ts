/** Revisions as people may write them: random statements over `op`, with types wherever TypeScript lets them stand. */
import fc from 'fast-check';

const name = fc.constantFrom('book', 'author', 'isbn', 'prüfung', '$rows', 'of', 'as', 'type');
/** Names that are declared somewhere: swc gives one of them another name where a free one is spelled like it. */
const local = fc.constantFrom('row', 'each', 'größe', '_');
const text = fc
  .array(fc.constantFrom('a', ' ', "'", '"', '`', '\n', '\\', 'é', '$', '{', '//', '/*', '😀'), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** A string in one of its spellings. */
const string = fc.tuple(text, fc.constantFrom("'", '"', '`')).map(([value, quote]) => {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('$', '\\$');
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`;
});
const number = fc.constantFrom('0', '1', '1.50', '.5', '0XFf', '1E3', '1_000', '10N'.toLowerCase(), '0b11');
const type = fc.constantFrom('unknown', 'string | null', 'readonly string[]', "Record<'a', number>", '() => void');

const expressions = fc.letrec<{ expression: string; key: string; property: string; call: string }>((tie) => ({
  key: fc.oneof(
    name,
    name.map((word) => `'${word}'`),
    fc.constant("'two words'"),
    tie('expression').map((code) => `[${code}]`),
  ),
  property: fc.oneof(
    fc.tuple(tie('key'), tie('expression')).map(([key, value]) => `${key}: ${value}`),
    name,
    tie('expression').map((code) => `...${code}`),
    fc.tuple(name, tie('expression')).map(([word, value]) => `async ${word}(a?: string): Promise<void> { ${value}; }`),
  ),
  call: fc
    .tuple(
      fc.constantFrom('op.execute', 'op.createTable', 'op.dialect.at', 'globalThis?.fetch'),
      fc.array(tie('expression'), { maxLength: 3 }),
      fc.constantFrom('', '', ','),
    )
    .map(([called, given, comma]) => `${called}(${given.join(', ')}${given.length > 0 ? comma : ''})`),
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    name,
    string,
    number,
    fc.constantFrom('/[/"]+/ig', 'null', 'true', 'void 0', 'op.tag!', 'new Date', '`a${1 + 1}b`', '-1'),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '%', '===', '<', '&&', '||', '??'), tie('expression'))
      .map(([left, operator, right]) => `((${left}) ${operator} (${right}))`),
    fc.tuple(tie('expression'), type).map(([code, as]) => `(${code} as ${as})`),
    fc.tuple(tie('expression'), type).map(([code, as]) => `(${code} satisfies ${as})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.array(tie('property'), { maxLength: 3 }).map((items) => `({ ${items.join(', ')} })`),
    fc
      .tuple(local, type, tie('expression'))
      .map(([word, of, code]) => `(async (${word}: ${of}): Promise<${of}> => ${code})`),
    fc.tuple(local, tie('expression')).map(([word, code]) => `(async ${word} => [${code}, ${word}])`),
    fc.array(tie('expression'), { minLength: 3, maxLength: 3 }).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('call').map((code) => `(await ${code})`),
    tie('call').map((code) => `(${code} as unknown)`),
  ),
}));

const statements = fc.letrec<{ statement: string; block: string }>((tie) => ({
  block: fc.array(tie('statement'), { maxLength: 3 }).map((lines) => `{\n${lines.join('\n')}\n}`),
  statement: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    expressions.call.map((code) => `await ${code};`),
    expressions.expression.map((code) => `void ${code};`),
    fc.tuple(local, type, expressions.expression).map(([word, of, code]) => `{ const ${word}: ${of} = ${code}; }`),
    fc.constantFrom(
      ';',
      '// a word',
      '/* and\nanother */',
      'type Row = { id: number };',
      'interface Named { a: string }',
    ),
    fc.tuple(expressions.expression, tie('block')).map(([code, block]) => `if (${code}) ${block}`),
    fc
      .tuple(local, expressions.expression, tie('block'))
      .map(([w, code, block]) => `for (const ${w} of ${code}) ${block}`),
    tie('block').map((block) => `try ${block} catch (error: unknown) { throw error }`),
  ),
}));

const body = fc.array(statements.statement, { maxLength: 4 }).map((lines) => lines.join('\n  '));

/** The text of a revision in TypeScript. */
export const arbitraryRevision = fc.tuple(string, body, body, fc.boolean()).map(
  ([message, upgrade, downgrade, isByConnection]) => `import type { Operations } from 'nest-migrate';
import { type Operation } from 'nest-migrate';

export const revision = 'aaaa';
export const downRevision: string | null = null;
export const message = ${message};

type Given = Operation | null;
const limit: number = 0X10;

export ${
    isByConnection
      ? `const upgrade: Record<string, (op: Operations) => Promise<void>> = {\n  orders: async (op) => {\n${upgrade}\n  },\n};`
      : `async function upgrade(op: Operations, given?: Given): Promise<void> {\n  ${upgrade}\n}`
  }

export async function downgrade(op: Operations): Promise<void> {
  ${downgrade}
  await op.execute(revision + String(limit));
}
`,
);

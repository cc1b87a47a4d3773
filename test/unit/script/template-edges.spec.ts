import { describe, expect, it } from '@jest/globals';
import { tokenizer, tokTypes } from 'acorn';
import fc from 'fast-check';
import { renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { templateFiles } from '../../../libs/nest-migrate/src/script/templates.js';

const javascript = templateFiles('javascript')['revision.js.template'] ?? '';

/** A revision file from the JavaScript template, with lines of somebody's own at its top. */
function written(lines: string, message: string): string {
  const text = `${lines}\n${javascript}`;
  const content = { revision: 'aaaa', downRevision: [], dependsOn: [], branchLabels: [], createDate: '2026' };
  return renderRevision({ ...content, message, upgrade: '', downgrade: '' }, { name: 'revision.mjs.template', text });
}

/** A program without its comments and without what its strings say. */
function program(text: string): readonly string[] {
  return [...tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' })].map(({ type, start, end }) =>
    type === tokTypes.string || type === tokTypes.template ? type.label : text.slice(start, end),
  );
}

const pieces = [
  '/',
  '*',
  '*/',
  '/*',
  '//',
  '\\',
  "'",
  '"',
  '`',
  '${',
  '}',
  '$',
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  'x',
  ' ',
];
const message = fc
  .array(fc.oneof(fc.constantFrom(...pieces, "import('node:fs')", ';boom();'), fc.string({ maxLength: 3 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const edge = (...own: string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom('', '*', '**', '/', ' ', 'a', '$', '{', '\\', ...own), { maxLength: 3 })
    .map((parts) => parts.join(''));
const placeholders = fc.constantFrom(
  '${message}',
  '${message}${message}',
  '${message} ${message}',
  '${message}*${message}',
);

/** Where a template may hold a message: its line, with what stands right before and behind. */
const places: Readonly<Record<string, (before: string, placeholder: string, behind: string) => string>> = {
  'a comment of one line': (before, placeholder, behind) => `/*${before}${placeholder}${behind}*/`,
  'a comment of several lines': (before, placeholder, behind) => `/**\n *${before}${placeholder}${behind}\n */`,
  'a line of its own in a comment': (before, placeholder, behind) => `/*\n${before}${placeholder}${behind}\n*/`,
  'a comment to the end of the line': (before, placeholder, behind) => `x; //${before}${placeholder}${behind}`,
  'a comment at the start of a line': (before, placeholder, behind) => `//${before}${placeholder}${behind}`,
  'a string in single quotes': (before, placeholder, behind) => `const text = '${before}${placeholder}${behind}';`,
  'a string in double quotes': (before, placeholder, behind) => `const text = "${before}${placeholder}${behind}";`,
  'a template literal': (before, placeholder, behind) => `const text = \`${before}${placeholder}${behind}\`;`,
  code: (_before, _placeholder, _behind) => 'const text = ${message};',
};

describe('whatever a message says, the file is the same program', () => {
  it.each(Object.keys(places))('with the message in %s', (place) => {
    fc.assert(
      fc.property(edge(), placeholders, edge(), message, (before, placeholder, behind, said) => {
        const lines = places[place](before, placeholder, behind);
        let harmless: readonly string[];
        try {
          harmless = program(written(lines, 'said'));
        } catch {
          return fc.pre(false); // no program with any message
        }
        expect(program(written(lines, said))).toEqual(harmless);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a message behind the star of a comment', () => {
  it('does not end it', () => {
    const text = written('/**\n *${message}\n */', "/ import('node:fs'); /*");
    expect(text).toContain(" * / import('node:fs'); /*\n");
  });
});

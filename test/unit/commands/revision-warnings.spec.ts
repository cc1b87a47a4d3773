import { describe, expect, it } from '@jest/globals';
import { revisionWarnings } from '../../../libs/nest-migrate/src/commands/revision-warnings.js';
import { type AnyOperation } from '../../../libs/nest-migrate/src/operations/registered-operations.js';
import { renderRevision, type RevisionContent } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { templateFiles, templates } from '../../../libs/nest-migrate/src/script/templates.js';

const dropped = (warning?: string): AnyOperation => ({
  kind: 'dropColumn',
  table: 'book',
  column: 'title',
  ...(warning !== undefined && { warning }),
});
const lost = 'drops column book.title, which no entity has: what it holds is lost; move what is still needed first';
const rename =
  'column book.title may have become book.name: it is dropped and created again, which loses what it holds. ' +
  'If it was renamed, add --rename book.title:name';
const alone = 'leaves the table metric alone, which has children by inheritance: write its changes by hand';

const of = (upgrade: AnyOperation[], downgrade: AnyOperation[] = [], connection = 'default') => ({
  connection,
  upgrade,
  downgrade,
});

describe('the summary of what a revision warns about', () => {
  it('has the first half of each sentence, and what belongs to no step as a whole', () => {
    const difference = of([dropped(lost), dropped()]);
    expect(revisionWarnings([difference], [{ ...difference, warnings: [alone, lost] }])).toEqual([
      'drops column book.title, which no entity has',
      alone,
    ]);
  });

  it('asks about a possible rename', () => {
    const difference = of([dropped(`${lost}; ${rename}`)]);
    expect(revisionWarnings([difference], [{ ...difference, warnings: [lost, rename] }])).toEqual([
      'drops column book.title, which no entity has (or was it renamed to book.name?)',
    ]);
  });

  it('counts the steps of the downgrade, and names the connection where there are several', () => {
    const both = [of([], [dropped('x: y'), dropped('x: z')], 'one'), of([dropped(lost)], [], 'two')];
    expect(revisionWarnings(both, both)).toEqual([
      'one: 2 steps of the downgrade',
      'two: drops column book.title, which no entity has',
    ]);
  });

  it('is empty where there is nothing to say', () => {
    const difference = of([dropped()], [dropped()]);
    expect(revisionWarnings([difference], [{ ...difference, warnings: [] }])).toEqual([]);
  });
});

const content: RevisionContent = {
  revision: 'a1',
  downRevision: [],
  dependsOn: [],
  branchLabels: [],
  message: 'titles',
  createDate: '2026-01-01T00:00:00Z',
  upgrade: '',
  downgrade: '',
};

describe('the summary in a file', () => {
  it.each(Object.keys(templates) as (keyof typeof templates)[])('stands below the head of the template %s', (name) => {
    const [, text = ''] = Object.entries(templateFiles(name)).find(([path]) => path.endsWith('.template')) ?? [];
    const bodies = name === 'multidb' ? { upgrade: { default: '' }, downgrade: { default: '' } } : {};
    const render = (warnings: readonly string[]): string =>
      renderRevision({ ...content, ...bodies, warnings }, { name, text });
    const file = render(['drops column book.title, which no entity has', 'ends it */ process.exit() /*\nnext line']);
    expect(file).toContain(
      ' */\n' +
        (name === 'javascript' ? '\n' : '') +
        '/*\n * Look at this before it runs:\n * - drops column book.title, which no entity has\n' +
        ' * - ends it *\\/ process.exit() /* next line\n */\n',
    );
    expect(file.match(/\*\//g)).toHaveLength(file.includes('@param') ? 4 : 2);
    expect(render([])).toBe(renderRevision({ ...content, ...bodies }, { name, text }));
  });

  it('breaks long lines', () => {
    const lines = renderRevision({ ...content, warnings: ['word '.repeat(60).trim()] }).split('\n');
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines).toContain(` * - ${'word '.repeat(19).trim()}`);
  });
});

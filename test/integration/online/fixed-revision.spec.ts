/** What `db lint --fix` writes into files, on a database that says what they lead to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type LintOptions, type LintResult } from 'nest-migrate';
import { revision } from '../../support/revision-file.ts';
import { TestRepository } from '../../support/git.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const published = revision({
  id: 'a1',
  upgrade: async (op) => {
    await op.createTable('author', { columns: { id: { type: 'integer', primary: true } } });
    await op.createTable('book', {
      columns: {
        id: { type: 'integer', primary: true },
        title: { type: 'string', length: 100, nullable: true },
        author_id: { type: 'integer', nullable: true },
      },
    });
  },
  downgrade: async (op) => {
    await op.dropTable('book');
    await op.dropTable('author');
  },
});

/** A file with a head that a person has written. */
function script(id: string, upgrade: string, downgrade = '  void op; // nothing to do\n'): string {
  return `/**
 * What the shop needs, né la marée.
 *
 * Revision ID: ${id}
 * Revises: a1
 */
import type { Operations } from 'nest-migrate';

export const revision = '${id}';
export const downRevision = 'a1';

// by hand
export async function upgrade(op: Operations): Promise<void> {
${upgrade}}

export async function downgrade(op: Operations): Promise<void> {
${downgrade}}
`;
}

interface Linted {
  readonly at: Scenario;
  readonly result: LintResult;
  /** The text of each file afterwards. */
  readonly texts: readonly string[];
}

/** Lints a branch with these files, by name, beside the published revision. */
async function linted(
  files: Readonly<Record<string, string>>,
  options: LintOptions = {},
  prepare: (at: Scenario) => Promise<unknown> = async () => undefined,
  engine: 'postgres' | 'mysql' | 'mariadb' = 'postgres',
): Promise<Linted> {
  const at = await scenario(engine, { module: { scratch: scratchOption(engine) } });
  running.push(at);
  const git = new TestRepository(at.folder.path);
  git.write('migrations/versions/a1.ts', published);
  git.commit();
  for (const [name, text] of Object.entries(files)) git.write(`migrations/versions/${name}`, text);
  await prepare(at);
  const result = await at.migrations.lint({ base: 'main', fix: true, ...options });
  const textOf = (name: string): string => readFileSync(join(at.folder.path, 'migrations', 'versions', name), 'utf8');
  return { at, result, texts: Object.keys(files).map(textOf) };
}

const plain = script(
  'b2',
  `
  // readers look books up by this
  await op.createIndex('book', ['title'], { name: 'by_title' }); // asked for by sales
  await op.addColumn('book', 'pages', { type: 'integer', nullable: true });

  // each book has its author
  await op.createForeignKey('book', ['author_id'], 'author', ['id'], { name: 'of' });
`,
  `  await op.dropConstraint('book', 'of', { type: 'foreignKey' });
  await op.dropColumn('book', 'pages');
  await op.dropIndex('book', 'by_title');
`,
);

const online = script(
  'b2',
  `
  // readers look books up by this
  // asked for by sales
  await op.autocommitBlock(async (op) => {
    await op.createIndex('book', ['title'], { name: 'by_title', concurrently: true });
  });
  await op.addColumn('book', 'pages', { type: 'integer', nullable: true });

  // each book has its author
  await op.autocommitBlock(async (op) => {
    await op.createForeignKey('book', 'author_id', 'author', 'id', { name: 'of', notValid: true });
    await op.validateConstraint('book', 'of');
  });
`,
  `  await op.dropConstraint('book', 'of', { type: 'foreignKey' });
  await op.dropColumn('book', 'pages');
  await op.autocommitBlock(async (op) => {
    await op.dropIndex('book', 'by_title', { concurrently: true });
  });
`,
);

describe('lint --fix', () => {
  it('writes both functions in the online form, keeps all else to the letter, and finds nothing to do then', async () => {
    const { result, texts } = await linted({ 'b2.ts': plain });
    expect(texts).toEqual([online]);
    expect(result.fixes).toMatchObject({
      isWritten: true,
      fixed: [{ revision: 'b2', functions: ['upgrade', 'downgrade'] }],
      left: [],
    });
    const again = await linted({ 'b2.ts': online });
    expect(again.texts).toEqual([online]);
    expect(again.result.fixes).toEqual({ isWritten: true, fixed: [], left: [] });
    expect(again.result.worst).not.toBe('blocking');
  });

  it('says on MySQL and MariaDB what changes must not exceed, and leaves what says so already', async () => {
    const text = script(
      'b2',
      `  // readers look books up by this
  await op.createIndex('book', ['title'], { name: 'by_title' });
  await op.batchAlterTable(
    'book',
    async (batch) => {
      await batch.addColumn('book', 'pages', { type: 'integer', nullable: true });
      await batch.addColumn('book', 'words', { type: 'integer', nullable: true });
    },
    { algorithm: 'instant' },
  );
  await op.createForeignKey('book', ['author_id'], 'author', ['id'], { name: 'of' });
`,
    );
    const { texts, result } = await linted({ 'b2.ts': text }, {}, undefined, 'mysql');
    expect(result.fixes).toMatchObject({ fixed: [{ revision: 'b2', functions: ['upgrade'] }], left: [] });
    const [fixed = ''] = texts;
    expect(fixed.match(/\{ algorithm: .*\}/g)).toEqual([
      "{ algorithm: 'inplace', lock: 'none' }",
      "{ algorithm: 'instant' }",
      "{ algorithm: 'inplace', lock: 'none' }",
    ]);
    expect(fixed).toContain('MySQL does not look at the rows that are there');
    const again = await linted({ 'b2.ts': fixed }, {}, undefined, 'mysql');
    expect(again.texts).toEqual([fixed]);
    expect(again.result.fixes).toMatchObject({ fixed: [], left: [] });
  });

  it('shows with dryRun what it would write, as a patch, and changes no file', async () => {
    const { at, result, texts } = await linted({ 'b2.ts': plain }, { dryRun: true });
    expect(texts).toEqual([plain]);
    const [{ difference }] = result.fixes!.fixed;
    const path = 'migrations/versions/b2.ts';
    const git = new TestRepository(at.folder.path);
    git.write('the.patch', `--- a/${path}\n+++ b/${path}\n${difference.join('\n')}\n`);
    git.run('apply', 'the.patch');
    expect(readFileSync(join(at.folder.path, path), 'utf8')).toBe(online);
  });

  it('leaves a function with more than calls of verbs, with the line and what to write instead', async () => {
    const code = script(
      'b2',
      `  await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
  if (!op.offline) await op.execute('analyze book');
  await op.createIndex('book', ['title'], { name: 'by_title' });
`,
      `  const name = 'by_title';
  await op.dropIndex('book', name);
  await op.dropColumn('book', 'pages');
`,
    );
    const { result, texts } = await linted({ 'b2.ts': code });
    expect(texts).toEqual([code]);
    expect(result.fixes).toMatchObject({ fixed: [] });
    expect(result.fixes!.left.map(({ direction, line, instead }) => ({ direction, line, instead }))).toEqual([
      {
        direction: 'upgrade',
        line: 15,
        instead: `await op.autocommitBlock(async (op) => {
  await op.createIndex('book', ['title'], { name: 'by_title', concurrently: true });
});
`,
      },
      {
        direction: 'downgrade',
        line: 20,
        instead: `await op.autocommitBlock(async (op) => {
  await op.dropIndex('book', 'by_title', { concurrently: true });
});
`,
      },
    ]);
  });

  it('leaves what is published, and what the connected database holds', async () => {
    const { result, texts } = await linted({ 'b2.ts': plain }, {}, (at) => at.migrations.upgrade());
    expect(texts).toEqual([plain]);
    expect(result.fixes).toMatchObject({ fixed: [], left: [{ revision: 'b2', direction: null, instead: null }] });
    expect(result.fixes!.left[0].reason).toContain('is applied to the connected database');
    const whole = await linted({}, { range: 'a1:a1' });
    expect(whole.result.fixes).toEqual({ isWritten: true, fixed: [], left: [] });
  });

  it('writes revisions in JavaScript as well, and one that stands on another', async () => {
    const js = (id: string, down: string, upgrade: string): string =>
      `export const revision = '${id}';
export const downRevision = '${down}';
export const irreversible = 'the past is gone';

/** @param {import('nest-migrate').Operations} op */
export const upgrade = async (op) => {
${upgrade}};
`;
    const { texts } = await linted({
      'b2.js': js('b2', 'a1', "  await op.alterColumn('book', 'title', { nullable: false });\n"),
      'c3.js': js('c3', 'b2', "  await op.createUniqueConstraint('book', ['title'], { name: 'one' });\n"),
    });
    expect(texts).toEqual([
      js(
        'b2',
        'a1',
        `  await op.autocommitBlock(async (op) => {
    await op.createCheckConstraint('book', '"title" is not null', {
      name: 'book_title_is_not_null',
      notValid: true,
    });
    await op.validateConstraint('book', 'book_title_is_not_null');
    await op.alterColumn('book', 'title', { nullable: false });
    await op.dropConstraint('book', 'book_title_is_not_null', { type: 'check' });
  });
`,
      ),
      js(
        'c3',
        'b2',
        `  await op.autocommitBlock(async (op) => {
    await op.createIndex('book', ['title'], { name: 'one', unique: true, concurrently: true });
    await op.createUniqueConstraint('book', 'title', { name: 'one', usingIndex: 'one' });
  });
`,
      ),
    ]);
  });

  it.each((['mysql', 'mariadb'] as const).filter((engine) => isTurn(0, engine, ['mysql', 'mariadb'])))(
    'writes what the server may do at most, once, on %s',
    async (engine) => {
      const own = script(
        'b2',
        "  // many look for it\n  await op.addColumn('book', 'pages', { type: 'integer', nullable: true });\n",
      );
      const { texts } = await linted({ 'b2.ts': own }, {}, undefined, engine);
      expect(texts[0]).toContain(`  // many look for it
  await op.batchAlterTable(
    'book',
    async (batch) => {
      await batch.addColumn('book', 'pages', { type: 'integer', nullable: true });
    },
    { algorithm: 'instant' },
  );
`);
      const again = await linted({ 'b2.ts': texts[0] }, {}, undefined, engine);
      expect(again.texts).toEqual(texts);
      expect(again.result.fixes).toEqual({ isWritten: true, fixed: [], left: [] });
    },
  );
});

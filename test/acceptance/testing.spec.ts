/** What users' test suites take from the library, in the runners that they have: the guide's own files, and the sample's. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installLibrary, node, tool, writeFiles } from '../loading/project.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { TestRepository } from '../support/git.ts';
import { PROCESS_LIMIT } from '../support/limits.ts';
import { type ProcessResult, runProcess } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { revision, type RevisionFile } from '../support/revision-file.ts';

const root = resolve('.');

/** The application of the guide. */
const config = `import { defineEntity, p } from '@mikro-orm/core';
import { SqliteDriver } from '@mikro-orm/sqlite';

const Author = defineEntity({ name: 'Author', properties: { id: p.integer().primary(), name: p.string() } });
export const Book = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    title: p.string(),
    author: () => p.manyToOne(Author).deleteRule('cascade'),
    price: p.integer().default(0),
  },
});
export const config = { driver: SqliteDriver, dbName: 'never-there/shop.db', entities: [Author, Book] };
`;
const creation: RevisionFile = {
  id: '4d1f0a6c2e01',
  message: 'create author and book',
  upgrade: async (op) => {
    const id = { type: 'integer', primary: true, autoincrement: true } as const;
    await op.createTable('author', { columns: { id, name: { type: 'text' } } });
    await op.createTable('book', {
      columns: { id, title: { type: 'text' }, author_id: { type: 'integer' } },
      foreignKeys: [
        {
          name: 'book_author_id_foreign',
          columns: ['author_id'],
          referencedTable: 'author',
          referencedColumns: ['id'],
          deleteRule: 'cascade',
        },
      ],
    });
    await op.createIndex('book', ['author_id'], { name: 'book_author_id_index' });
  },
  downgrade: async (op) => {
    await op.dropTable('book');
    await op.dropTable('author');
  },
};
const price: RevisionFile = {
  id: '7a20b9d1c302',
  down: '4d1f0a6c2e01',
  message: 'give books a price',
  upgrade: (op) => op.addColumn('book', 'price', { type: 'integer', default: 0 }),
  downgrade: (op) => op.dropColumn('book', 'price'),
};

const guide = await readFile(join(root, 'docs/guide/testing.md'), 'utf8');

/** The files of the guide: each names itself, and says in a comment what it imports in an application. */
const files = Object.fromEntries(
  [...guide.matchAll(/^```ts\n\/\/ (test\/\S+)\n([\s\S]*?)^```$/gm)].map(([, path, text]) => [
    path,
    text.replace(/^declare const .*; \/\/ (import .*)$/gm, '$1'),
  ]),
);

const swc = { swcrc: false, module: { type: 'es6' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } } };
const jestConfig = {
  testMatch: ['**/test/*.spec.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': [tool('@swc/jest/index.js'), swc] },
  transformIgnorePatterns: ['/node_modules/', '\\.[mc]?js$'],
  testTimeout: PROCESS_LIMIT,
};
const vitestConfig = `export default { test: { globals: true, include: ['test/*.spec.ts'], testTimeout: ${PROCESS_LIMIT} } };`;

/** How each runner is started, and what the files import its functions from. */
const runners: Readonly<Record<string, { readonly run: readonly string[]; readonly module: string }>> = {
  vitest: { run: [tool('vitest/vitest.mjs'), 'run', '--reporter=verbose'], module: 'vitest' },
  jest: {
    run: [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest/bin/jest.js'),
      '--verbose',
      '--runInBand',
    ],
    module: '@jest/globals',
  },
};

describe.each(Object.entries(runners))('the guide to testing in %s', (_, { run, module }) => {
  let folder: TemporaryFolder;
  let result: ProcessResult;
  let text: string;

  beforeAll(async () => {
    folder = await temporaryFolder('testing guide');
    await installLibrary(folder.path);
    await writeFiles(folder.path, {
      'package.json': '{ "type": "module" }',
      'jest.config.json': JSON.stringify(jestConfig),
      'vitest.config.js': vitestConfig,
      'src/mikro-orm.config.js': config,
      'src/book.entity.js': "export { Book } from './mikro-orm.config.js';\n",
      'migrations/package.json': '{ "type": "module" }',
      'migrations/versions/4d1f0a6c2e01_create_author_and_book.ts': revision(creation),
      'migrations/versions/7a20b9d1c302_give_books_a_price.ts': revision(price),
      '.gitignore': 'node_modules\n',
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [path, file.replace("'vitest'", `'${module}'`)]),
      ),
    });
    new TestRepository(folder.path).commit();
    result = await node(folder.path, run);
    text = `${result.stdout}${result.stderr}`;
  });
  afterAll(() => folder.remove());

  it('is green, and each revision is a test', () => {
    expect([result.code, result.code === 0 ? '' : text]).toEqual([0, '']);
    const [, shown = ''] = /^```text\n(migrations\n[\s\S]*?)^```$/m.exec(guide) ?? [];
    const titles = [...shown.matchAll(/✓ (.*)/g)].map(([, title]) => title);
    expect(titles).toHaveLength(5);
    for (const title of titles) expect(text).toContain(title);
    expect(Object.keys(files)).toHaveLength(3);
  });

  it('fails the test of the revision that was broken, and of no other', async () => {
    await writeFiles(folder.path, {
      'migrations/versions/7a20b9d1c302_give_books_a_price.ts': revision({ ...price, downgrade: undefined }),
    });
    const broken = await node(folder.path, [...run, 'test/migrations.spec.ts']);
    const output = `${broken.stdout}${broken.stderr}`;
    expect(broken.code).toBe(1);
    const failed = [...output.matchAll(/^\s*[×✕✗] (.*?)(?: \(?\d+\s?ms\)?)?$/gm)].map(([, title]) =>
      title.replace(/^.* > /, ''),
    );
    expect(failed).toEqual(['are what they were on main', '7a20b9d1c302 give books a price']);
    expect(output).toMatch(/downgrade-differs, downgrade: It undoes nothing\..*\n.*\+ table book column price/);
  });
});

describe('the sample', () => {
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  it('tests its own migrations, on both of its servers', async () => {
    const [catalogue, reporting] = [await createDatabase('postgres'), await createDatabase('mysql')];
    databases.push(catalogue, reporting);
    const args = [
      tool('vitest/vitest.mjs'),
      'run',
      '--reporter=verbose',
      '--config',
      'apps/bookshop/vitest.config.mjs',
    ];
    const env = { CATALOGUE_URL: catalogue.url, REPORTING_URL: reporting.url, NODE_OPTIONS: undefined, NO_COLOR: '1' };
    const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: root, env });
    expect([code, code === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
    for (const id of ['5b1e0c1d2a01', 'c61d55e7f403', '8f27ab90c302', 'e90f4a7b1504', '7c40d1a9e001'])
      expect(stdout).toContain(id);
  });
});

/** What crash tests upgrade to: a history in which a statement that is done twice, or not at all, is seen in the rows. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestApplication } from './application.ts';
import { type TestDatabase } from './databases.ts';
import { dumpOf } from './dumps.ts';
import { revision, type RevisionFile } from './revision-file.ts';
import { openDatabase } from './scripts.ts';

/** Statements of every kind; what is done twice, or not at all, is seen in the rows. */
const revisions: readonly RevisionFile[] = [
  {
    id: 'aaaa0001',
    upgrade: async (op) => {
      await op.createTable('ledger', {
        columns: {
          id: { type: 'integer', primary: true },
          n: { type: 'integer' },
          note: { type: 'string', length: 40 },
        },
        checks: [{ name: 'ledger_sane', expression: 'n > -1000' }],
      });
      await op.createTable('counter', {
        columns: { id: { type: 'integer', primary: true }, hits: { type: 'integer' } },
      });
      await op.bulkInsert('ledger', [
        { id: 1, n: 1, note: 'one' },
        { id: 2, n: 2, note: 'two' },
        { id: 3, n: 3, note: 'three' },
      ]);
      await op.bulkInsert('counter', [{ id: 1, hits: 0 }]);
      await op.execute('update counter set hits = hits + 1');
    },
  },
  {
    id: 'aaaa0002',
    down: 'aaaa0001',
    upgrade: async (op) => {
      await op.addColumn('ledger', 'extra', { type: 'integer', default: 7 });
      await op.execute('update ledger set n = n + 1, extra = extra + n');
      await op.createIndex('ledger', ['note'], { name: 'ledger_note' });
      if (op.dialect === 'postgres') {
        await op.autocommitBlock(async (block) => {
          await block.createIndex('ledger', ['n'], { name: 'ledger_n', concurrently: true });
          await block.execute('update counter set hits = hits + 10');
          await block.createIndex('ledger', ['extra'], { name: 'ledger_extra', concurrently: true });
        });
      }
      await op.alterColumn(
        'ledger',
        'note',
        { length: 80, nullable: true },
        { existing: { type: 'string', length: 40 } },
      );
      await op.execute('update counter set hits = hits + 100');
      await op.renameColumn('ledger', 'extra', 'more');
      await op.createUniqueConstraint('ledger', ['n', 'more'], { name: 'ledger_n_more' });
      await op.renameIndex('ledger', 'ledger_note', 'ledger_by_note');
    },
  },
  {
    id: 'aaaa0003',
    down: 'aaaa0002',
    upgrade: async (op) => {
      await op.createTable('audit', {
        columns: { id: { type: 'integer', primary: true }, ledger_id: { type: 'integer' }, n: { type: 'integer' } },
      });
      await op.execute('insert into audit (id, ledger_id, n) select id, id, n from ledger');
      await op.createForeignKey('audit', 'ledger_id', 'ledger', 'id', { name: 'audit_ledger' });
      await op.transaction(async ({ em }) => {
        await em.execute('update counter set hits = hits + 1000');
        await em.execute('update ledger set n = n * 2');
      });
      await op.createView('totals', 'select sum(n) as total from ledger');
      await op.dropConstraint('ledger', 'ledger_sane', { type: 'check' });
      await op.renameTable('counter', 'hit');
      await op.execute('update hit set hits = hits + 10000');
      if (op.dialect === 'postgres') {
        // as `db migrate --online` writes it
        await op.autocommitBlock(async (block) => {
          await block.createCheckConstraint('ledger', 'note is not null', { name: 'ledger_noted', notValid: true });
          await block.validateConstraint('ledger', 'ledger_noted');
          await block.alterColumn('ledger', 'note', { nullable: false });
          await block.dropConstraint('ledger', 'ledger_noted', { type: 'check' });
          await block.createIndex('audit', ['ledger_id'], { name: 'audit_once', unique: true, concurrently: true });
          await block.createUniqueConstraint('audit', 'ledger_id', { name: 'audit_once', usingIndex: 'audit_once' });
          await block.createForeignKey('audit', 'id', 'ledger', 'id', { name: 'audit_same', notValid: true });
          await block.validateConstraint('audit', 'audit_same');
          await block.dropIndex('ledger', 'ledger_extra', { concurrently: true });
        });
        await op.execute('update hit set hits = hits + 100000');
        // a column that moves to another type
        await op.addColumn('audit', 'n_new', { type: 'bigint', nullable: true });
        await op.syncColumns('audit', 'n', 'n_new', { back: false });
        await op.backfill({ table: 'audit', key: 'id', where: 'n_new is null and n is not null', set: { n_new: 'n' } });
        await op.autocommitBlock(async (block) => {
          await block.createCheckConstraint('audit', 'n_new is not null', { name: 'audit_n_new', notValid: true });
          await block.validateConstraint('audit', 'audit_n_new');
          await block.createIndex('audit', ['n_new'], { name: 'audit_by_n_new', concurrently: true });
          await block.execute('analyze audit (n_new)', undefined, { repeatable: true });
        });
        const parts = { columns: [{ table: 'audit', column: 'n', rebuilt: true }] };
        await op.dropDependents(parts);
        await op.keepAttributes({ tables: [{ name: 'audit' }] });
        await op.unsyncColumns('audit', 'n', 'n_new');
        await op.dropColumn('audit', 'n');
        await op.renameColumn('audit', 'n_new', 'n');
        await op.alterColumn('audit', 'n', { nullable: false });
        await op.dropConstraint('audit', 'audit_n_new', { type: 'check' });
        await op.renameIndex('audit', 'audit_by_n_new', 'audit_by_n');
        await op.createCheckConstraint('audit', 'n > 0', { name: 'audit_n', notValid: true });
        await op.restoreAttributes();
        await op.restoreDependents();
        await op.execute('update hit set hits = hits + 1000000');
      }
      if (op.dialect === 'mysql' || op.dialect === 'mariadb') {
        // as `db migrate --online` writes it
        const isMariaDb = op.dialect === 'mariadb';
        await op.batchAlterTable(
          'ledger',
          async (batch) => {
            await batch.addColumn('ledger', 'since', { type: 'integer', default: 3 });
            await batch.addColumn('ledger', 'until', { type: 'integer', nullable: true });
          },
          { algorithm: 'instant' },
        );
        await op.batchAlterTable(
          'audit',
          async (batch) => {
            await batch.createForeignKey('audit', 'id', 'ledger', 'id', { name: 'audit_same' });
          },
          { algorithm: isMariaDb ? 'nocopy' : 'inplace', lock: 'none' },
        );
        await op.execute('update hit set hits = hits + 100000');
        await op.batchAlterTable(
          'ledger',
          async (batch) => {
            await batch.createIndex('ledger', ['since'], { name: 'ledger_since' });
          },
          { algorithm: 'inplace', lock: 'none' },
        );
      }
    },
  },
];

/** Inits the application and gives it the revisions `aaaa0001` to `aaaa0003`. */
export async function writeHistory(application: TestApplication): Promise<void> {
  await application.succeed(['init']);
  await mkdir(application.versions, { recursive: true });
  for (const file of revisions) {
    await writeFile(join(application.versions, `${file.id}.ts`), revision({ message: 'crash test', ...file }));
  }
}

/** What is wrong once another `db upgrade` has gone on; nothing where it reached head and everything was done once. */
export async function failureToGoOn(
  application: TestApplication,
  database: TestDatabase,
  expected: string,
): Promise<string | undefined> {
  const again = await application.db(['upgrade']);
  if (again.code !== 0) return `the next upgrade ended with ${again.code}: ${again.stderr}`;
  return differenceAtHead(application, database, expected);
}

/** What differs from a database that was upgraded without any trouble; nothing where nothing does. */
export async function differenceAtHead(
  application: TestApplication,
  database: TestDatabase,
  expected: string,
): Promise<string | undefined> {
  const current = await application.db(['current']);
  if (current.stdout !== 'aaaa0003 (head)\n') return `is at ${current.stdout}`;
  const contents = await contentsOf(database);
  return contents === expected ? undefined : `is another database: ${difference(expected, contents)}`;
}

/** Schema and rows, as text to compare. */
export async function contentsOf(database: TestDatabase): Promise<string> {
  const open = await openDatabase(database);
  try {
    // how often the history was begun is seen in its sequence, which no rollback takes back
    return (await dumpOf(open)).replace(/^.*_history_id_seq', \d+.*$/gm, '');
  } finally {
    await open.orm.close(true);
  }
}

/** The lines that only one of two texts has. */
function difference(expected: string, actual: string): string {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const lost = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const found = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return ['', ...lost, ...found].join('\n');
}

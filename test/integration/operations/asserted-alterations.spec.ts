/** A batch says how the server has to change a table: a server that would do it in another way changes nothing. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { measureSteps } from '../../../libs/nest-migrate/src/commands/measured-statements.ts';
import { contextOf, scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function altered(engine: 'mysql' | 'mariadb', upgrade: string): Promise<Scenario> {
  const made = await scenario(engine, {
    revisions: {
      aaa1: (op) =>
        op.createTable('book', {
          columns: { id: { type: 'integer', primary: true }, title: { type: 'string', length: 100 } },
        }),
      bbb2: upgrade,
    },
  });
  running.push(made);
  return made;
}

/** The columns of the table with their types. */
async function columnsOf(orm: Scenario['orm']): Promise<Readonly<Record<string, string>>> {
  const rows = await (orm.em as SqlEntityManager).execute<{ name: string; type: string }[]>(
    `select column_name as name, data_type as type from information_schema.columns
    where table_schema = database() and table_name = 'book'`,
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

const ADDED = `
  await op.batchAlterTable('book', async (batch) => {
    await batch.addColumn('book', 'pages', { type: 'integer', nullable: true });
    await batch.addColumn('book', 'note', { type: 'string', length: 10, default: 'a' });
    await batch.addColumn('book', 'mark', { type: 'string', length: 10, default: 'a\\\\b' });
  }, { algorithm: 'instant' });`;
const COPIED = `
  await op.batchAlterTable('book', async (batch) => {
    await batch.alterColumn('book', 'title', { type: 'integer' }, { existing: { type: 'string', length: 100 } });
  }, { algorithm: 'inplace', lock: 'none' });`;

describe.each(['mysql', 'mariadb'] as const)('a batch that asserts its algorithm on %s', (engine) => {
  it('is sent with it in each of its statements, and in a script', async () => {
    const { migrations, orm } = await altered(engine, ADDED);
    const statements: string[] = [];
    await migrations.upgrade({
      onEvent: (event) => void (event.type === 'statementFinished' && statements.push(event.sql)),
    });
    const sent = statements.filter((sql) => sql.includes('algorithm'));
    // a text with a backslash is sent on its own
    expect(sent).toEqual([
      expect.stringMatching(/^alter table `book`\s+algorithm = instant, add `pages` int null,\s+add `note`/),
      expect.stringMatching(/^alter table `book` algorithm = instant, add `mark`/),
    ]);
    const { sql } = await migrations.upgrade({ target: 'aaa1:bbb2', sql: true });
    expect(sql).toContain('algorithm = instant, add');
    expect(Object.keys(await columnsOf(orm)).sort()).toEqual(['id', 'mark', 'note', 'pages', 'title']);
  });

  it('is measured as what it asserts, and not as what would be cheaper', async () => {
    const made = await altered(engine, ADDED.replace("'instant'", "'inplace', lock: 'none'"));
    const measured = await measureSteps(contextOf(made, { scratch: scratchOption(engine) }), { at: ['aaa1'] });
    expect(measured.map(({ impact }) => [impact.algorithm, impact.tables[0]?.lock])).toEqual([
      ['INPLACE', 'NONE'],
      ['INPLACE', 'NONE'],
    ]);
  });

  it('is refused by a server that would have to copy the table, which stays as it is', async () => {
    const { migrations, orm } = await altered(engine, COPIED);
    await expect(migrations.upgrade()).rejects.toThrow(/ALGORITHM=INPLACE is not supported/);
    expect(await columnsOf(orm)).toEqual({ id: 'int', title: 'varchar' });
  });
});

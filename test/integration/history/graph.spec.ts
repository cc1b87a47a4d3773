import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type GraphResult,
  type MigrationEvent,
  PlanFileInvalidError,
  VersionTableSchemaMissingError,
} from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function application(engine: Engine, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(engine, options);
  running.push(at);
  return at;
}

/** What is known of each revision, newest first. */
function told({ revisions }: GraphResult): unknown {
  return revisions.map(({ revision, isApplied, content }) => [revision, isApplied, content]);
}

const history: Revisions = {
  a1: (op) => op.createTable('book', { columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } } }),
  b2: async (op) => {
    await op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true });
    if (!op.offline) await op.query('select 1');
  },
  c3: async (op) => {
    await op.execute('update book set isbn = title');
    await op.query('select 1');
    await op.dropTable('book');
  },
};

describe('graph', () => {
  it.each(['pglite', 'mysql', 'sqlite'] as const)(
    'tells what each revision does and what is applied, on %s',
    async (engine) => {
      const { migrations } = await application(engine, { revisions: history });
      await migrations.upgrade({ target: 'b2' });
      const result = await migrations.graph();
      const add = /^alter table .book. add (?:column )?.isbn. /;
      expect(result).toMatchObject({ connection: 'default', rows: ['b2'], unknown: [], plan: null });
      expect(told(result)).toEqual([
        [
          'c3',
          false,
          {
            kind: 'recorded',
            // what comes behind the query is not known
            operations: [{ words: [expect.stringContaining('update book')], sql: ['update book set isbn = title'] }],
            obstacle: 'query',
          },
        ],
        [
          'b2',
          true,
          {
            kind: 'recorded',
            operations: [{ words: ["added column 'book.isbn'"], sql: [expect.stringMatching(add)] }],
            obstacle: null,
          },
        ],
        [
          'a1',
          true,
          {
            kind: 'recorded',
            operations: [
              { words: [expect.stringContaining("'book'")], sql: [expect.stringMatching(/^create table .book./)] },
            ],
            obstacle: null,
          },
        ],
      ]);
    },
  );

  it('tells the SQL of a batch as the script of an upgrade has it, and leaves out what only the table tells', async () => {
    const { migrations } = await application('sqlite', {
      revisions: {
        a1: (op) =>
          op.createTable('book', { columns: { id: { type: 'integer', primary: true }, n: { type: 'integer' } } }),
        b2: (op) =>
          op.batchAlterTable('book', async (batch) => batch.alterColumn('book', 'n', { nullable: true }), {
            existing: { columns: { id: { type: 'integer', primary: true }, n: { type: 'integer' } } },
          }),
        c3: (op) => op.batchAlterTable('book', async (batch) => batch.alterColumn('book', 'n', { nullable: false })),
      },
    });
    const [c3, b2] = (await migrations.graph()).revisions;
    const { sql } = await migrations.upgrade({ target: 'a1:b2', sql: true });
    const statements = b2.content.kind === 'recorded' ? (b2.content.operations[0].sql ?? []) : [];
    expect(statements.length).toBeGreaterThan(1);
    for (const statement of statements) expect(sql).toContain(statement);
    expect(c3.content).toMatchObject({ operations: [{ words: [expect.stringContaining('book.n')], sql: null }] });
  });

  it('is drawn where the rows can not be read, with a warning; and not where they were asked for', async () => {
    const module = { versionTableSchema: 'missing' };
    const { migrations } = await application('pglite', { revisions: history, module });
    const events: MigrationEvent[] = [];
    const result = await migrations.graph({ onEvent: (event) => events.push(event) });
    expect(result.rows).toBeNull();
    expect(result.revisions.map(({ isApplied }) => isApplied)).toEqual([null, null, null]);
    expect(events).toMatchObject([
      {
        type: 'warning',
        message: expect.stringMatching(/^What is applied is not known.*could not be asked: .*missing/),
      },
    ]);
    await expect(migrations.graph({ indicateCurrent: true })).rejects.toThrow(VersionTableSchemaMissingError);
  });

  it('has what was planned, from the file of a plan', async () => {
    const at = await application('pglite', { revisions: history, module: { scratch: scratchOption('pglite') } });
    await at.migrations.upgrade({ target: 'a1' });
    const planned = await at.migrations.plan({ target: 'b2', out: join(at.folder.path, 'plan.json') });
    const { plan } = await at.migrations.graph({ plan: join(at.folder.path, 'plan.json') });
    expect(plan).toEqual(JSON.parse(JSON.stringify(planned)));
    expect(plan?.revisions[0]?.statements[0]?.tables[0]).toMatchObject({ table: 'book', lock: 'AccessExclusiveLock' });
    const other = at.migrations.graph({ plan: join(at.folder.path, 'package.json') });
    await expect(other).rejects.toThrow(PlanFileInvalidError);
  });
});

import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationHealth, MigrationHealthIndicator, type MigrationModuleOptions } from 'nest-migrate';
import { adminQuery, type Engine } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const history: Revisions = {
  aaa1: {
    upgrade: (op) => op.createTable('book', { columns: { id: { type: 'integer', primary: true } } }),
    downgrade: (op) => op.dropTable('book'),
  },
  bbb2: {
    upgrade: (op) => op.addColumn('book', 'title', { type: 'string', length: 50, nullable: true }),
    downgrade: (op) => op.dropColumn('book', 'title'),
  },
};

async function application(
  engine: Engine,
  module: MigrationModuleOptions = { drift: 'hash' },
  revisions = history,
): Promise<Scenario> {
  const at = await scenario(engine, { revisions, module });
  running.push(at);
  return at;
}

const byHand = (at: Scenario, sql: string): Promise<unknown> => at.orm.em.getConnection().execute(sql);
const health = async (at: Scenario, details = false): Promise<MigrationHealth['migrations']> =>
  (await at.app.get(MigrationHealthIndicator).check('migrations', { drift: 'hash', details })).migrations;

describe.each(enginesByDialect('schema-change'))('the schema that runs keep on %s', (engine) => {
  it('tells of changes by hand, and of none by revisions or in rows', async () => {
    const at = await application(engine);
    expect((await at.migrations.schemaChange()).verdict).toBe('unknown');
    await at.migrations.upgrade({ target: 'aaa1' });
    await byHand(at, 'insert into book (id) values (1)');
    expect(await at.migrations.schemaChange()).toEqual({ verdict: 'same', differences: [] });
    await at.migrations.upgrade();
    await at.migrations.downgrade();
    await at.migrations.upgrade();
    expect((await at.migrations.schemaChange()).verdict).toBe('same');
    expect(await health(at)).toEqual({ status: 'up', standing: 'head', pending: 0, changedByHand: false });

    await byHand(at, 'create index by_hand on book (title)');
    const { verdict, differences } = await at.migrations.schemaChange();
    expect([verdict, differences]).toEqual(['changed', [expect.stringMatching(/^\+ .*by_hand/)]]);
    expect(await health(at)).toEqual({
      ...{ status: 'up', standing: 'head', pending: 0, changedByHand: true },
      message: 'something else than a revision has changed the schema since the last run',
    });
    expect((await health(at, true)).message).toContain('by_hand');

    // the next run takes what is there then for what it left
    await at.migrations.downgrade({ target: 'aaa1' }).catch(() => undefined);
    await at.migrations.stamp({ revisions: 'aaa1' });
    expect((await at.migrations.schemaChange()).verdict).toBe('same');
  });
});

describe('the schema that runs keep', () => {
  it('is not kept unless the option asks for it, and nothing is told then', async () => {
    const at = await application('sqlite', {});
    await at.migrations.upgrade();
    expect(await tablesOf(at.database)).toEqual(['book', 'nest_migrate_history', 'nest_migrate_version']);
    expect(await at.migrations.schemaChange()).toEqual({ verdict: 'unknown', differences: [] });
    expect(await health(at)).toEqual({ status: 'up', standing: 'head', pending: 0 });
  });

  it('says nothing where rows were moved without a run, as a script does', async () => {
    const at = await application('sqlite');
    await at.migrations.upgrade({ target: 'aaa1' });
    await byHand(at, "update nest_migrate_version set version_num = 'bbb2'");
    expect((await at.migrations.schemaChange()).verdict).toBe('unknown');
  });

  it('is left alone by a comparison, and by the schema generator', async () => {
    const at = await application('postgres', { drift: 'hash' }, {});
    await at.migrations.stamp({ revisions: 'base', purge: true });
    expect((await at.migrations.check()).operations).toEqual([]);
    await at.orm.schema.update();
    expect(await tablesOf(at.database)).toContain('nest_migrate_schema');
  });

  it('fails no run that is done: another table of its name is left alone, with a warning', async () => {
    const at = await application('sqlite');
    await byHand(at, 'create table nest_migrate_schema (mine text)');
    const warnings: string[] = [];
    const { rows } = await at.migrations.upgrade({
      onEvent: (event) => void (event.type === 'warning' && warnings.push(event.message)),
    });
    expect(rows).toEqual(['bbb2']);
    expect(warnings).toEqual([
      expect.stringMatching(/^The schema was not kept, .*nest_migrate_schema is no schema of nest-migrate/),
    ]);
  });

  it('is compared for a role that sees less than the one that has migrated, without what that does not see', async () => {
    const at = await application(
      'mysql',
      { drift: 'hash' },
      {
        aaa1: executing(
          'create table counted (id int primary key, n int)',
          'create trigger counting before insert on counted for each row set new.n = 1',
        ),
      },
    );
    await at.migrations.upgrade();
    const user = `reader_${randomBytes(4).toString('hex')}`;
    await adminQuery('mysql', `create user ${user} identified by 'secret'`);
    try {
      await adminQuery('mysql', `grant select on \`${at.database.name}\`.* to ${user}`);
      const options = { ...at.database.options, user, password: 'secret' };
      const reader = await scenario('mysql', { database: { ...at.database, options }, module: { drift: 'hash' } });
      running.push(reader);
      expect((await reader.migrations.schemaChange()).verdict).toBe('same');
      await byHand(at, 'create index by_hand on counted (n)');
      expect((await reader.migrations.schemaChange()).verdict).toBe('changed');
    } finally {
      await adminQuery('mysql', `drop user ${user}`);
    }
  });
});

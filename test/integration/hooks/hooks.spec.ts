import { defineEntity, p } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions, Rewriter, type VersionApplied } from 'nest-migrate';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

async function sql(at: Scenario, text: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute(text);
}

const Book = defineEntity({
  name: 'Book',
  properties: { id: p.integer().primary(), title: p.string().length(200), note: p.string().length(20).default('new') },
});
const Author = defineEntity({ name: 'Author', properties: { id: p.integer().primary() } });
const TRANSACTIONAL = ['postgres', 'pglite', 'sqlite'];

/** What `migrate` would do with the options, as `kind table`. */
async function difference(at: Scenario): Promise<readonly string[]> {
  const { operations } = await at.migrations.migrate({ dryRun: true });
  return operations.map((operation) => `${operation.kind} ${'table' in operation ? operation.table : ''}`);
}

describe.each(enginesByDialect('hooks'))('hooks on %s', (engine) => {
  const transactional = TRANSACTIONAL.includes(engine);

  it('onVersionApply writes with each step, and fails with it', async () => {
    const steps: VersionApplied['step'][] = [];
    const at = await start(engine, {
      revisions: {
        aaaa: {
          upgrade: (op) => op.execute('create table a (n int)'),
          downgrade: (op) => op.execute('drop table a'),
        },
        bbbb: {
          upgrade: (op) => op.execute('create table b (n int)'),
          downgrade: (op) => op.execute('drop table b'),
        },
      },
      module: {
        onVersionApply: [
          ({ step }) => void steps.push(step),
          async ({ op, step }) => {
            if (op.xArguments['fail'] === step.revision) throw new Error('no entry for today');
            const note = `${step.direction} ${step.revision ?? 'base'} ${op.tag ?? '-'} ${op.connection}`;
            await op.bulkInsert('log', [{ note, heads: step.rows.join() }]);
            // one that nobody awaited belongs to it as well
            void op.transaction(async ({ em }) => void (await em.execute("insert into log (note) values ('data')")));
          },
        ],
      },
    });
    await sql(at, 'create table log (note varchar(200), heads varchar(200))');
    await at.migrations.upgrade({ target: 'aaaa', tag: 'v1' });
    await at.migrations.downgrade();
    await at.migrations.stamp({ revisions: 'aaaa' });
    const log = await sql(at, "select note, heads from log where note <> 'data'");
    expect(log.map(({ note, heads }) => `${String(note)}: ${String(heads)}`)).toEqual([
      'upgrade aaaa v1 default: aaaa',
      'downgrade aaaa - default: ',
      'stamp aaaa - default: aaaa',
    ]);
    expect(await sql(at, "select note from log where note = 'data'")).toHaveLength(3);
    expect(steps.map(({ from, to, rows }) => [from, to, rows])).toEqual([
      [[], ['aaaa'], ['aaaa']],
      [['aaaa'], [], []],
      [[], ['aaaa'], ['aaaa']],
    ]);

    await expect(at.migrations.upgrade({ xArguments: { fail: 'bbbb' } })).rejects.toMatchObject({
      code: 'REVISION_FAILED',
      failure: { revision: 'bbbb', rows: ['aaaa'], aftermath: transactional ? 'rolled back' : 'partly applied' },
      message: expect.stringContaining('no entry for today'),
    });
    expect(await sql(at, "select note from log where note like 'upgrade bbbb%'")).toEqual([]);
    if (transactional) {
      // nothing of it is left, so it can run again
      expect((await at.migrations.upgrade()).rows).toEqual(['bbbb']);
    }
  });

  it('configure gives each call its own options, at boot and in commands', async () => {
    const calls: string[] = [];
    const at = await start(engine, {
      revisions: { aaaa: (op) => op.execute('create table a (n int)') },
      module: {
        onBootstrap: 'upgrade',
        configure: ({ versionTable }, { command, xArguments: { tenant } }) => {
          calls.push(`${command} ${versionTable ?? '-'} ${tenant ?? '-'}`);
          return tenant === undefined ? undefined : { versionTable: `version_${tenant}` };
        },
      },
    });
    expect((await at.migrations.current()).rows).toEqual(['aaaa']);
    const tenant = { xArguments: { tenant: 'acme' } };
    expect((await at.migrations.current(tenant)).rows).toEqual([]);
    await at.migrations.stamp({ revisions: 'head', ...tenant });
    expect(await sql(at, 'select version_num from version_acme')).toEqual([{ version_num: 'aaaa' }]);
    expect((await at.migrations.downgrade({ target: 'base' })).rows).toEqual([]);
    expect((await at.migrations.current(tenant)).rows).toEqual(['aaaa']);
    expect(calls).toEqual([
      'boot - -',
      'current - -',
      'current - acme',
      'stamp - acme',
      'downgrade - -',
      'current - acme',
    ]);
  });

  it('arguments reach revisions from the service, and a boot has none', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (note varchar(20))');
          await op.bulkInsert('a', [{ note: JSON.stringify(op.xArguments) }]);
        },
      },
      module: { onBootstrap: 'upgrade' },
    });
    expect(await sql(at, 'select note from a')).toEqual([{ note: '{}' }]);
    await at.addRevision('bbbb', 'aaaa', (op) => op.bulkInsert('a', [{ note: JSON.stringify(op.xArguments) }]));
    await at.migrations.upgrade({ xArguments: { a: '1' } });
    expect(await sql(at, "select note from a where note <> '{}'")).toEqual([{ note: '{"a":"1"}' }]);
  });

  it('the comparison looks at what the options let it see', async () => {
    let options: MigrationModuleOptions = {};
    const seen: string[] = [];
    const at = await start(engine, {
      entities: [Book, Author],
      revisions: { aaaa: '' },
      module: { onBootstrap: 'upgrade', configure: () => options },
    });
    await sql(
      at,
      "create table book (id int not null, title varchar(100) not null, note varchar(20) not null default 'old', legacy int, primary key (id))",
    );
    await sql(at, 'create table old_one (id int)');
    expect(await difference(at)).toEqual(
      expect.arrayContaining(['createTable author', 'alterColumn book', 'dropColumn book', 'dropTable old_one']),
    );

    options = {
      compareType: false,
      compareServerDefault: false,
      includeObject: ({ type, name, reflected }) => {
        seen.push(`${type} ${name} ${reflected ? 'database' : 'entities'}`);
        return type !== 'table' || name !== 'old_one';
      },
      includeName: (name, type, { table }) => !(type === 'column' && table === 'book' && name === 'legacy'),
    };
    expect((await difference(at)).filter((line) => line !== 'alterColumn book')).toEqual(['createTable author']);
    expect(seen).toEqual(
      expect.arrayContaining(['table old_one database', 'column title entities', 'column title database']),
    );

    options = { includeName: (name, type) => type !== 'table' || name === 'book' };
    expect(await difference(at)).not.toContain('dropTable old_one');
    // a table whose name is not looked at is a new one, as in Alembic
    options = { includeName: (name, type) => type !== 'table' || name !== 'book' };
    expect(await difference(at)).toContain('createTable book');

    const types: string[] = [];
    const changes = async (): Promise<readonly object[]> => {
      const { operations } = await at.migrations.migrate({ dryRun: true });
      return operations.flatMap((operation) => (operation.kind === 'alterColumn' ? [operation.change] : []));
    };
    options = {
      compareType: ({ table, column, database, entity }) => {
        if (table === 'book')
          types.push(`${column} ${database.definition.length ?? ''} ${entity.definition.length ?? ''}`);
        return column === 'title' ? false : undefined;
      },
    };
    const withoutTitle = await changes();
    // MikroORM's strings have no length on SQLite: there the function is asked, and has no change to hold back
    const hasLengths = engine !== 'sqlite';
    expect(types).toContain(hasLengths ? 'title 100 200' : 'title  ');
    expect(withoutTitle).toContainEqual(expect.objectContaining({ default: 'new' }));
    expect(withoutTitle).not.toContainEqual(expect.objectContaining({ length: 200 }));
    options = { compareServerDefault: ({ column }) => (column === 'note' ? false : undefined) };
    const withoutNote = await changes();
    expect(withoutNote.some((change) => 'length' in change)).toBe(hasLengths);
    expect(withoutNote).not.toContainEqual(expect.objectContaining({ default: 'new' }));
  });

  it('processRevisionDirectives makes two files of one difference, or none, and nothing of it stays', async () => {
    let split = true;
    const at = await start(engine, {
      entities: [Book, Author],
      revisions: { aaaa: '' },
      module: {
        onBootstrap: 'upgrade',
        renderItem: ({ operation, direction }) =>
          operation.kind === 'dropTable' && direction === 'downgrade' && operation.table === 'author'
            ? "await op.dropTable('author', { ifExists: true });"
            : undefined,
        processRevisionDirectives: [
          new Rewriter().rewrites('createTable', (operation) => ({
            ...operation,
            comment: `about ${operation.table}`,
          })),
          (directives) => {
            if (!split) {
              directives.length = 0;
              return;
            }
            const [first] = directives;
            const [operations] = first.operations;
            const of = (table: string) => ({
              connection: operations.connection,
              upgrade: operations.upgrade.filter((operation) => 'table' in operation && operation.table === table),
              downgrade: operations.downgrade.filter((operation) => 'table' in operation && operation.table === table),
            });
            first.operations = [of('author')];
            first.message = 'authors';
            directives.push({
              ...first,
              revId: `${first.revId}2`,
              head: first.revId,
              message: 'books',
              operations: [of('book')],
            });
          },
        ],
      },
    });
    const { created, source } = await at.migrations.migrate({ revId: 'bbbb' });
    expect(created.map(({ revision, downRevision, message }) => [revision, downRevision, message])).toEqual([
      ['bbbb', ['aaaa'], 'authors'],
      ['bbbb2', ['bbbb'], 'books'],
    ]);
    expect(source[0]).toContain("comment: 'about author'");
    expect(source[0]).toContain("await op.dropTable('author', { ifExists: true });");
    expect(source[1]).toContain("op.createTable('book'");
    expect((await at.migrations.upgrade()).rows).toEqual(['bbbb2']);

    await sql(at, 'alter table book drop column note');
    split = false;
    expect(await at.migrations.migrate()).toMatchObject({ created: [], source: [] });
    expect((await at.migrations.revision()).created).toEqual([]);
    expect((await at.migrations.heads()).map(({ revision }) => revision)).toEqual(['bbbb2']);
    expect((await at.migrations.downgrade({ target: 'aaaa' })).rows).toEqual(['aaaa']);
  });
});

describe('hooks that change what is done to a table which SQLite rebuilds', () => {
  it('leave nobody who knows what it is before: it is altered step by step, and has no script', async () => {
    let leaveOut: readonly string[] = [];
    const at = await start('sqlite', {
      entities: [Book, Author],
      revisions: {
        aaaa: {
          upgrade: async (op) => {
            await op.createTable('author', {
              columns: { id: { type: 'integer', primary: true, autoincrement: true } },
            });
            await op.createTable('book', {
              columns: { id: { type: 'integer', primary: true, autoincrement: true }, old: { type: 'text' } },
            });
          },
        },
      },
      module: {
        existingTables: true,
        processRevisionDirectives: ([{ operations }]) => {
          const stays = ({ kind }: { readonly kind: string }) => !leaveOut.includes(kind);
          for (const entry of operations) entry.upgrade = entry.upgrade.filter(stays);
        },
      },
    });
    await at.migrations.upgrade();
    const whole = await at.migrations.migrate({ dryRun: true });
    expect(whole.source[0]).toContain("await op.batchAlterTable(\n  'book',");
    leaveOut = ['dropColumn'];
    const { source } = await at.migrations.migrate({ revId: 'bbbb' });
    expect(source[0]).not.toMatch(/batch[^]*'book'/);
    await expect(at.migrations.upgrade({ target: 'aaaa:bbbb', sql: true })).rejects.toThrow(/batchAlterTable/);
    expect((await at.migrations.upgrade()).rows).toEqual(['bbbb']);
    expect(await sql(at, "select name from pragma_table_info('book')")).toHaveLength(4);
  });
});

/** What depends on a column comes back as it was in the database that a revision runs on, whether or not an entity declares it. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

describe.each(['postgres', 'pglite'] as const)('op.dropDependents and op.restoreDependents on %s', (engine) => {
  const start = async (options: Parameters<typeof scenario>[1]): Promise<Scenario> => {
    const started = await scenario(engine, options);
    running.push(started);
    return started;
  };
  const connectionOf = (at: Scenario): AbstractSqlConnection => at.orm.em.getConnection() as AbstractSqlConnection;
  const value = async (at: Scenario, sql: string): Promise<unknown> => {
    const [row = {}] = await connectionOf(at).execute<Record<string, unknown>[]>(sql);
    return Object.values(row)[0];
  };
  const revisions: NonNullable<Parameters<typeof scenario>[1]>['revisions'] = {
    aaaa: async (op) => {
      await op.createTable('book', {
        columns: { id: { type: 'integer', primary: true }, pages: { type: 'integer' } },
      });
    },
    bbbb: {
      upgrade: async (op) => {
        await op.dropDependents({ columns: [{ table: 'book', column: 'pages' }] });
        await op.alterColumn('book', 'pages', { type: 'bigint' }, { existing: { type: 'integer' } });
        await op.restoreDependents();
      },
      downgrade: async (op) => {
        await op.dropDependents({ columns: [{ table: 'book', column: 'pages' }] });
        await op.alterColumn('book', 'pages', { type: 'integer' }, { existing: { type: 'bigint' } });
        await op.restoreDependents();
      },
    },
  };

  /** What the database keeps of a view, a view on it, a trigger and a policy. */
  const told = (at: Scenario): Promise<unknown> =>
    value(
      at,
      `select json_build_object(
          'views', (select json_agg(json_build_array(relname, reloptions, relacl::text, obj_description(oid, 'pg_class'),
              pg_get_viewdef(oid)) order by relname) from pg_class where relname in ('long_book', 'longest', 'counted')),
          'index', (select json_agg(indexdef) from pg_indexes where tablename = 'counted'),
          'trigger', (select json_agg(json_build_array(pg_get_triggerdef(oid), tgenabled)) from pg_trigger
            where tgname = 'watch'),
          'policy', (select json_agg(json_build_array(polname, pg_get_expr(polqual, polrelid))) from pg_policy),
          'routine', (select json_agg(prosrc || proacl::text) from pg_proc where proname = 'pages_of'))::text`,
    );

  it('bring back views, triggers, policies and routines with grants, options, comments and state', async () => {
    const at = await start({ revisions });
    await at.migrations.upgrade({ target: 'aaaa' });
    for (const sql of [
      'create view long_book with (security_invoker = true) as select id, pages from book where pages > 300',
      'grant select on long_book to public',
      "comment on view long_book is 'read by others'",
      'create view longest as select max(pages) as pages from long_book',
      'create materialized view counted as select pages, count(*) as books from book group by pages',
      'create unique index counted_pages on counted (pages)',
      'create function watch_fn() returns trigger language plpgsql as $$ begin return new; end $$',
      'create trigger watch before update of pages on book for each row when (new.pages > 0) execute function watch_fn()',
      'alter table book disable trigger watch',
      'create policy short on book for select using (pages < 1000)',
      'create function pages_of(book_id int) returns bigint language sql begin atomic select pages from book where id = book_id; end',
      'revoke execute on function pages_of from public',
    ])
      await connectionOf(at).execute(sql);
    const stood = await told(at);

    await at.migrations.upgrade();
    expect(await value(at, 'select pg_typeof(pages)::text from book right join (values (1)) v on true')).toBe('bigint');
    expect(await told(at)).toBe(stood);
    await at.migrations.downgrade({ target: '-1' });
    expect(await told(at)).toBe(stood);
  });

  it('leave out the casts to the old type that the engine adds by itself, and no others', async () => {
    const at = await start({
      revisions: {
        aaaa: async (op) => {
          await op.createEnum('mood', ['glad', 'sad']);
          await op.createTable('person', {
            columns: { id: { type: 'integer', primary: true }, mood: { type: 'enum', nativeEnumName: 'mood' } },
          });
        },
        bbbb: async (op) => {
          await op.dropDependents({ columns: [{ table: 'person', column: 'mood' }] });
          await op.alterColumn('person', 'mood', { type: 'text' }, { existing: { nativeEnumName: 'mood' } });
          await op.restoreDependents();
          await op.dropEnum('mood');
        },
      },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    for (const sql of [
      "create view glad as select id, id::text || '::mood' as called from person where mood = 'glad'",
      "create materialized view sad as select count(*)::int as people from person where mood = 'sad'",
      'create unique index once on sad (people)',
      "create policy glad_ones on person for select using (mood = 'glad')",
      'create function watch_fn() returns trigger language plpgsql as $$ begin return new; end $$',
      "create trigger watch before update on person for each row when (new.mood = 'sad') execute function watch_fn()",
      "create function glad_ones() returns bigint language sql begin atomic select count(*) from person where mood = 'glad'; end",
      "alter table person add column is_glad boolean generated always as (mood = 'glad') stored",
      "insert into person (id, mood) values (1, 'glad'), (2, 'sad')",
    ])
      await connectionOf(at).execute(sql);

    await at.migrations.upgrade();
    expect(await value(at, "select pg_get_viewdef('glad'::regclass, true)")).toMatch(
      /\bid::text \|\| '::mood'::text AS called\s+FROM person\s+WHERE (?:person\.)?mood = 'glad'::text;/,
    );
    expect(await value(at, 'select pg_typeof(people)::text from sad')).toBe('integer');
    expect(await value(at, "select indexdef from pg_indexes where indexname = 'once'")).toMatch('UNIQUE');
    expect(await value(at, 'select pg_get_expr(polqual, polrelid) from pg_policy')).toBe("(mood = 'glad'::text)");
    expect(await value(at, "select pg_get_triggerdef(oid) from pg_trigger where tgname = 'watch'")).toMatch(
      "WHEN ((new.mood = 'sad'::text))",
    );
    expect(await value(at, 'select glad_ones()::int')).toBe(1);
    expect(await value(at, 'select is_glad from person where id = 1')).toBe(true);
  });

  it.each(['partition of thing for values from (0) to (10)', '() inherits (thing)'])(
    'leave to a table what another has from it as %s, and bring back what the other has of its own',
    async (kind) => {
      const changes: NonNullable<Parameters<typeof scenario>[1]>['revisions'] = {
        aaaa: async (op) => {
          await op.createEnum('mood', ['glad', 'sad']);
        },
        bbbb: async (op) => {
          await op.dropDependents({ columns: [{ table: 'thing', column: 'a' }], types: [{ name: 'mood' }] });
          await op.alterColumn('thing', 'a', { type: 'text' }, { existing: { nativeEnumName: 'mood' } });
          await op.restoreDependents();
          await op.dropEnum('mood');
        },
      };
      const at = await start({ revisions: changes });
      await at.migrations.upgrade({ target: 'aaaa' });
      const isPartition = kind.startsWith('partition');
      for (const sql of [
        `create table thing (id int, a mood constraint of_all check (a <> 'sad'),
          b text generated always as (case when a = 'glad' then 'x' end) stored)${isPartition ? ' partition by range (id)' : ''}`,
        `create table part ${kind}`,
        'create function watch_fn() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger watch before update of a on thing for each row execute function watch_fn()',
        "alter table part add constraint of_part check (a <> 'sad' or id > 5)",
        "create view glad_parts as select id from part where a = 'glad'",
      ])
        await connectionOf(at).execute(sql);

      await at.migrations.upgrade();
      expect(
        await value(
          at,
          `select string_agg(concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)), '; ' order by conrelid::regclass::text, conname)
            from pg_constraint where contype = 'c' and conname in ('of_all', 'of_part')`,
        ),
      ).toBe(
        "part of_all CHECK ((a <> 'sad'::text)); part of_part CHECK (((a <> 'sad'::text) OR (id > 5))); " +
          "thing of_all CHECK ((a <> 'sad'::text))",
      );
      expect(await value(at, "select pg_get_viewdef('glad_parts'::regclass)")).toMatch("a = 'glad'::text");
      expect(await value(at, "select count(*)::int from pg_attribute where attname = 'b' and attgenerated = 's'")).toBe(
        2,
      );
      expect(await value(at, "select count(*)::int from pg_trigger where tgname = 'watch'")).toBe(isPartition ? 2 : 1);
    },
  );

  it('do nothing where nothing depends on the column', async () => {
    const at = await start({ revisions });
    await at.migrations.upgrade();
    expect(await value(at, 'select pg_typeof(pages)::text from book right join (values (1)) v on true')).toBe('bigint');
  });

  it('leave everything as it was where the revision fails behind them', async () => {
    const at = await start({
      revisions: {
        aaaa: revisions['aaaa'],
        bbbb: async (op) => {
          await op.dropDependents({ columns: [{ table: 'book', column: 'pages' }] });
          await op.alterColumn('book', 'pages', { type: 'bigint' }, { existing: { type: 'integer' } });
          await op.execute('select * from nowhere');
        },
      },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    await connectionOf(at).execute('create view long_book as select id, pages from book');
    await expect(at.migrations.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    expect(await value(at, 'select count(*)::int from long_book')).toBe(0);
  });

  it('are refused where there is no transaction that holds them together', async () => {
    const at = await start({
      revisions: {
        aaaa: revisions['aaaa'],
        bbbb: async (op) => {
          await op.autocommitBlock(async (op) => {
            await op.dropDependents({ columns: [{ table: 'book', column: 'pages' }] });
          });
        },
      },
    });
    await expect(at.migrations.upgrade()).rejects.toMatchObject({
      cause: { code: 'TRANSACTION_NEEDED' },
    });
  });
});

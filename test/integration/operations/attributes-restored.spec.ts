/** What a revision drops and creates again keeps what its create statements do not say. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { given } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

type Revisions = NonNullable<Parameters<typeof scenario>[1]>['revisions'];

describe.each(['postgres', 'pglite'] as const)('op.keepAttributes and op.restoreAttributes on %s', (engine) => {
  const start = async (revisions: Revisions): Promise<Scenario> => {
    const started = await scenario(engine, { revisions });
    running.push(started);
    return started;
  };
  const value = async (at: Scenario, sql: string): Promise<unknown> => {
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    const [row = {}] = await connection.execute<Record<string, unknown>[]>(sql);
    return Object.values(row)[0];
  };
  const book = [
    'create table book (id integer primary key, pages integer, long boolean generated always as (pages > 300) stored)',
    'alter table book add constraint positive check (pages > 0)',
    'create index by_pages on book ((pages + 1))',
    'create unique index once on book (id)',
    'create view long_book as select id, pages from book where pages > 300',
    'create function pages_of(book_id int) returns bigint language sql as $$ select 1 $$',
    'create function watch_fn() returns trigger language plpgsql as $$ begin return new; end $$',
    'create trigger watch before update on book for each row execute function watch_fn()',
    'create policy short on book for select using (pages < 1000)',
  ];
  const attributes = [
    'grant select (long) on book to public',
    "comment on constraint positive on book is 'no book is empty'",
    "comment on index by_pages is 'for the list'",
    'alter index by_pages alter column 1 set statistics 500',
    'alter table book replica identity using index once',
    'alter table book cluster on by_pages',
    'alter view long_book set (security_invoker = true, security_barrier = true)',
    'grant select on long_book to public',
    'grant update (pages) on long_book to public',
    "comment on view long_book is 'read by others'",
    "comment on column long_book.pages is 'how long'",
    'revoke execute on function pages_of from public',
    'alter table book disable trigger watch',
    "comment on trigger watch on book is 'off for a while'",
    "comment on policy short on book is 'what all may read'",
  ];
  const again = [
    'alter table book drop constraint positive, add constraint positive check (pages > 0)',
    'drop index by_pages',
    'create index by_pages on book ((pages + 1))',
    'drop index once',
    'create unique index once on book (id)',
    'alter table book drop column long, add column long boolean generated always as (pages > 300) stored',
    'drop view long_book',
    'create view long_book as select id, pages from book where pages > 300',
    'drop function pages_of',
    'create function pages_of(book_id int) returns bigint language sql as $$ select 1 $$',
    'drop trigger watch on book',
    'create trigger watch before update on book for each row execute function watch_fn()',
    'drop policy short on book',
    'create policy short on book for select using (pages < 1000)',
  ];
  const built = given({ statements: [...book, ...attributes] }, async (op, { statements }) => {
    for (const sql of statements) await op.execute(sql);
  });
  const objects = { tables: [{ name: 'book' }, { name: 'long_book' }], routines: [{ name: 'pages_of' }] };
  /** All that the catalogue keeps beside the definitions. */
  const told = (at: Scenario): Promise<unknown> =>
    value(
      at,
      `select json_build_object(
          'relations', (select json_agg(json_build_array(relname, reloptions, relacl::text, relreplident,
              obj_description(oid, 'pg_class')) order by relname) from pg_class where relname in ('book', 'books', 'long_book', 'by_pages')),
          'columns', (select json_agg(json_build_array(attname, attacl::text, attstattarget, col_description(attrelid, attnum)) order by attrelid::regclass::text, attname)
            from pg_attribute where attrelid in (select oid from pg_class where relname in ('book', 'books', 'long_book', 'by_pages')) and attnum > 0 and not attisdropped),
          'indexes', (select json_agg(json_build_array(indexrelid::regclass::text, indisreplident, indisclustered) order by indexrelid::regclass::text)
            from pg_index where indexrelid::regclass::text in ('by_pages', 'once')),
          'check', (select obj_description(oid, 'pg_constraint') from pg_constraint where conname = 'positive'),
          'trigger', (select json_agg(json_build_array(tgenabled, obj_description(oid, 'pg_trigger'))) from pg_trigger where tgname = 'watch'),
          'policy', (select obj_description(oid, 'pg_policy') from pg_policy),
          'routine', (select proacl::text from pg_proc where proname = 'pages_of'))::text`,
    );

  it('keep everything that is not said by a create statement', async () => {
    const at = await start({
      aaaa: built,
      bbbb: given({ objects, again }, async (op, { objects, again }) => {
        await op.keepAttributes(objects);
        for (const sql of again) await op.execute(sql);
        await op.restoreAttributes();
      }),
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    const stood = await told(at);
    await at.migrations.upgrade();
    expect(await told(at)).toBe(stood);
  });

  it('follow a table that is renamed', async () => {
    const at = await start({
      aaaa: built,
      bbbb: given({ objects, again }, async (op, { objects, again }) => {
        await op.keepAttributes(objects);
        await op.renameTable('book', 'books');
        for (const sql of again) await op.execute(sql.replaceAll(/\bbook\b/g, 'books'));
        await op.restoreAttributes();
      }),
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    const stood = String(await told(at));
    await at.migrations.upgrade();
    expect(await told(at)).toBe(stood.replaceAll('"book"', '"books"'));
  });

  it('leave what a create statement says, and what is not created again', async () => {
    const at = await start({
      aaaa: built,
      bbbb: given({ objects }, async (op, { objects }) => {
        await op.keepAttributes(objects);
        for (const sql of [
          'drop view long_book',
          'create view long_book with (security_barrier = false) as select id from book',
          "comment on view long_book is 'said anew'",
          'drop policy short on book',
          "comment on index by_pages is 'changed by hand'",
        ])
          await op.execute(sql);
        await op.restoreAttributes();
      }),
    });
    await at.migrations.upgrade();
    const view = `select json_build_array(reloptions, relacl::text ~ '=r/', obj_description(oid, 'pg_class'))::text
      from pg_class where relname = 'long_book'`;
    expect(await value(at, view)).toBe('[["security_barrier=false","security_invoker=true"], true, "said anew"]');
    expect(await value(at, `select obj_description('by_pages'::regclass, 'pg_class')`)).toBe('changed by hand');
  });

  it('are refused where there is no transaction that holds them together', async () => {
    const at = await start({
      aaaa: async (op) => {
        await op.autocommitBlock(async (op) => {
          await op.keepAttributes({ tables: [{ name: 'book' }] });
        });
      },
    });
    await expect(at.migrations.upgrade()).rejects.toMatchObject({ cause: { code: 'TRANSACTION_NEEDED' } });
  });
});

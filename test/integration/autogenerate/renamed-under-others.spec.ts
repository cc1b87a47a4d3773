/** MySQL and MariaDB leave views, and rights to a name, as they are when a table or a column gets another name. */
import { describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { builders, reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { isTurn } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

const book = (tableName: string, title: string): Entities =>
  [
    defineEntity({
      name: 'Book',
      tableName,
      properties: { id: p.integer().primary(), title: p.string().fieldName(title) },
    } as never),
  ] as never;

describe.each(['mysql', 'mariadb'] as const)('on %s', (engine) => {
  it('a rename takes views, triggers and rights along, whichever statement a run dies behind', async () => {
    const database = await LiveDatabase.create(engine);
    const users = ['reader', 'passing'].map((name) => `${name}_${process.pid}`);
    const operations = [
      builders.renameTable('book', 'novel'),
      builders.renameColumn('novel', 'title', 'name'),
      builders.renameColumn('novel', 'author', 'writer'),
    ];
    const scene = [
      'create table author (id int primary key)',
      'create table book (id int primary key, title varchar(20), words int, author int references author (id))',
      'alter table book add constraint written_by foreign key (author) references author (id)',
      "alter table book add constraint check_author check (author <> 7 and title <> 'author')",
      'create view shelf as select b.title as seen from book b where b.id in (select max(id) from book group by title)',
      'create view counted as select count(*) as books from book',
      'create trigger first before update on book for each row set new.words = new.words + 1',
      "set @mode = @@sql_mode, sql_mode = ''",
      'create trigger second before update on book for each row begin if old.title is null then set new.Title = "`title`"; end if; end',
      'set sql_mode = @mode',
      'create trigger third before update on book for each row set new.words = length(new.title)',
      `grant select (title), update (title, words) on book to ${users[0]}@'%'`,
      `grant select, insert on book to ${users[1]}@'%' with grant option`,
    ];
    const { connection } = database;
    const all = async (sql: string): Promise<unknown> => connection.execute(sql);
    const told = async (): Promise<unknown> => [
      await database.schema(),
      await all(
        `select trigger_name, action_order, action_statement, sql_mode from information_schema.triggers
          where trigger_schema = database() order by 1`,
      ),
      ...(await Promise.all(
        ['table', 'column'].map((kind) =>
          all(
            `select * from information_schema.${kind}_privileges where table_schema = database() and grantee like '%\\_${process.pid}%'
              order by grantee, privilege_type, table_name${kind === 'column' ? ', column_name' : ''}`,
          ),
        ),
      )),
    ];
    const steps = await database.steps(operations);
    /** Runs what no note says is done, up to a number of statements. */
    const run = async (most: number, noted: Set<number>): Promise<number> => {
      let sent = 0;
      for (const [index, step] of steps.entries()) {
        // what is before a step that was begun is done
        if ([...noted].some((later) => later > index)) continue;
        for await (const { sql, fromDatabase } of database.statementsOf(step)) {
          if (fromDatabase !== true && noted.has(index)) continue;
          if (sent === most) return sent;
          await database.execute(sql);
          sent += 1;
          if (fromDatabase !== true) noted.add(index);
        }
      }
      return sent;
    };
    const begin = async (): Promise<void> => {
      for (const user of users) {
        await database.execute(`drop user if exists ${user}@'%'`, `create user ${user}@'%'`);
      }
      await database.reset();
      await database.execute(...scene);
    };
    try {
      await begin();
      const stood = await told();
      const whole = await run(Infinity, new Set());
      const wanted = await told();
      expect(JSON.stringify(wanted)).not.toMatch(/`title`\.|\.`title`|new\.title|"book"/i);
      expect(whole).toBeGreaterThan(12);
      for (const behind of Array.from({ length: whole - 1 }, (_, index) => index + 1)) {
        if (!isTurn(behind, 0, [0, 1, 2, 3])) continue;
        await begin();
        const noted = new Set<number>();
        await run(behind, noted);
        // another session
        await database.execute('set sql_mode = @mode');
        await run(Infinity, noted);
        expect({ behind, found: await told() }).toEqual({ behind, found: wanted });
      }
      for (const operation of operations.toReversed().flatMap(reverse)) await database.apply([operation]);
      const plain = (all: unknown): string => JSON.stringify(all).replaceAll(/\s+|`/g, '').toLowerCase();
      expect(plain(await told())).toBe(plain(stood));
    } finally {
      await database.execute(...users.map((user) => `drop user if exists ${user}@'%'`));
      await database.close();
    }
  });

  it('what a run cannot take along is told before', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(book('book', 'title'));
      await database.execute(
        'create table other (id int primary key, title int)',
        'create view shelf as select title as seen from book where exists (select 1 from other book where book.title > 0)',
        'create view plain as select title from book',
        'create trigger counting before insert on book for each row set new.title = (select max(title) from book)',
      );
      const includeObject = ({ type, name }: { readonly type: string; readonly name: string }): boolean =>
        type !== 'view' && type !== 'trigger' && name !== 'other';
      const compared = { renames: ['book.title:name'], includeObject };
      const reading =
        'renames book.title to name, which the view shelf and the trigger counting read and the comparison leaves out: ' +
        'that fails under the new name, so write a statement that creates it again';
      expect((await database.compare(book('book', 'name'), compared)).warnings).toEqual([reading]);
      await database.withReader(
        async (connection) => {
          const { warnings } = await database.compare(book('book', 'name'), { ...compared, connection });
          expect(warnings).toContainEqual(
            expect.stringMatching(
              /^renames book.title to name, to which 'reader_\d+'@'%' has rights: they stay with the old name, so write /,
            ),
          );
          expect(warnings).toContainEqual(
            expect.stringMatching(/^renames book.title to name, which the view plain and /),
          );
        },
        (user, name) => [`grant select (title) on ${name}.book to ${user}`, `grant show view on ${name}.* to ${user}`],
      );
    } finally {
      await database.close();
    }
  });

  it('a rename takes along what of its table reads the column, and nothing else', async () => {
    const database = await LiveDatabase.create(engine);
    const thing = (first: string, second: string): Entities =>
      [
        defineEntity({
          name: 'Thing',
          tableName: 'thing',
          properties: {
            id: p.integer().primary(),
            [first]: p.string().length(20).comment('`a` and a'),
            [second]: p.integer(),
            last: p.integer().nullable(),
          },
        } as never),
      ] as never;
    const isMySql = engine === 'mysql';
    try {
      await database.build(thing('a', 'b`c'));
      await database.execute(
        "insert into thing (id, a, `b``c`) values (1, 'x', 2)",
        // the check has the name of the column, and a text the word
        "alter table thing add constraint `a` check (a <> 'a' and `b``c` > 0)",
        "alter table thing add `left n` int as (`b``c` + 1) virtual comment 'a `b``c`' after id",
        'alter table thing add left_m int as (`left n` * 2) stored',
        'alter table thing add index left_index (a, left_m)',
        ...(isMySql
          ? [
              "alter table thing add unique index left_expression ((concat(a, 'a'))) invisible",
              "alter table thing add constraint left_check check (a <> 'b') not enforced",
            ]
          : []),
      );
      const stood = await database.schema();
      const includeObject = ({ type, name }: { readonly type: string; readonly name: string }): boolean =>
        !name.startsWith('left') && (type !== 'check' || name !== 'a');
      const renames = ['thing.a:z', 'thing.b`c:y'];
      const entities = thing('z', 'y');
      const { upgrade, downgrade, warnings, batches } = await database.compare(entities, { renames, includeObject });
      expect(warnings).toEqual([]);
      expect(batches.upgrade.map(({ alterations }) => alterations.length)).toEqual([2]);
      await database.apply(upgrade);
      expect(await database.difference(entities, { includeObject })).toBe('');
      // names in comments, and that of the check, are no columns
      const [kept, marks] = [/comment '(?:[^']|'')*'|constraint `a`/gi, (stood.match(/constraint `a`/gi) ?? []).length];
      const columns = (text: string): string => text.replace(kept, '');
      expect(marks).toBe(1);
      expect((await database.schema()).match(kept)).toEqual(stood.match(kept));
      expect(columns(await database.schema())).toBe(
        columns(stood).replaceAll('`a`', '`z`').replaceAll('`b``c`', '`y`'),
      );
      await database.apply(downgrade);
      expect(await database.schema()).toBe(stood);
    } finally {
      await database.close();
    }
  });
});

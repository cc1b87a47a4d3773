/** MySQL and MariaDB leave views, and rights to a name, as they are when a table or a column gets another name. */
import { describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
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
  it.each([
    ['a table', book('novel', 'title'), 'book:novel', 'book to novel', 2],
    ['a column', book('book', 'name'), 'book.title:name', 'book.title to name', 1],
  ] as const)('a rename of %s says who is left with the old name', async (_, after, rename, what, readers) => {
    const database = await LiveDatabase.create(engine);
    const users = [1, 2].map((number) => `reader${number}_${process.pid}`);
    try {
      await database.build(book('book', 'title'));
      await database.execute(
        'create view shelf as select title as seen from book',
        'create view counted as select count(*) as books from book',
        ...users.map((user) => `create user ${user}@'%'`),
        `grant select (title) on book to ${users[0]}@'%'`,
        `grant select on book to ${users[1]}@'%'`,
      );
      const includeObject = ({ type }: { readonly type: string }): boolean => type !== 'view';
      const { warnings } = await database.compare(after, { renames: [rename], includeObject });
      const [views, rights] = ['the view shelf', `'${users[0]}'@'%'`].map((one, index) =>
        readers === 1 ? one : index === 0 ? 'the view counted and the view shelf' : `${one} and '${users[1]}'@'%'`,
      );
      const [read, have] = readers === 1 ? ['reads', 'has'] : ['read', 'have'];
      expect(warnings).toEqual([
        `renames ${what}, which ${views} ${read} and the comparison leaves out: that fails under the new name, so write ` +
          'a statement that creates it again',
        `renames ${what}, to which ${rights} ${have} rights: they stay with the old name, so write statements that grant ` +
          'them again and revoke the old ones',
      ]);
    } finally {
      await database.execute(...users.map((user) => `drop user if exists ${user}@'%'`));
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

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
});

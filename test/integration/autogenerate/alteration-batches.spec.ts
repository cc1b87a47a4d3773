/** The changes of one table that MySQL and MariaDB make in one statement are one batch of the revision. */
import { describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { thing } from './single-features.js';

const book = (after: boolean, writer: Entities[number]): Entities[number] =>
  defineEntity({
    name: 'Book',
    tableName: 'book',
    properties: {
      id: p.integer().primary(),
      ...(after ? { isbn: p.string().length(13).nullable() } : { pages: p.integer(), size: p.integer() }),
      title: p.string().length(after ? 200 : 100),
      note: after ? p.text().nullable() : p.string().nullable(),
      author: () => p.manyToOne(writer as never),
    },
  } as never) as never;

const author = (after: boolean): Entities[number] =>
  defineEntity({
    name: 'Author',
    tableName: 'author',
    properties: {
      id: after ? p.bigint().primary() : p.integer().primary(),
      name: p.string().length(after ? 300 : 100),
      born: after ? p.date().nullable() : p.date(),
    },
  } as never) as never;

describe.each(['mysql', 'mariadb'] as const)('on %s', (engine) => {
  it('a difference is one batch for each table, except foreign keys and dropped columns', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      const [before, after] = [false, true].map((is): Entities => {
        const writer = author(is);
        return [writer, book(is, writer)];
      });
      await database.build(before ?? []);
      await database.execute(
        "insert into author values (1, 'Ann', '1970-01-01')",
        "insert into book values (1, 300, 2, 'Rust', 'x', 1)",
      );
      const told = await database.schema();
      const { upgrade, downgrade, batches } = await database.compare(after ?? []);
      const source = renderOperations(upgrade, undefined, batches.upgrade).replace(/ *\/\/.*\n/g, '');
      const outline = [...source.matchAll(/(?<= )(?:op|batch)\.\w+\(\s*'\w+'(?:,\s*'\w+')?/g)].map(([call]) =>
        call.replace(/\s+/g, ' ').replace('( ', '('),
      );
      expect(outline).toEqual([
        "op.dropConstraint('book', 'book_author_id_foreign'",
        "op.batchAlterTable('book'",
        "batch.addColumn('book', 'isbn'",
        "batch.alterColumn('book', 'title'",
        "batch.alterColumn('book', 'note'",
        "batch.alterColumn('book', 'author_id'",
        "op.batchAlterTable('author'",
        "batch.alterColumn('author', 'id'",
        "batch.alterColumn('author', 'name'",
        "batch.alterColumn('author', 'born'",
        "op.createForeignKey('book', 'author_id'",
        "op.batchAlterTable('book'",
        "batch.dropColumn('book', 'size'",
        "batch.dropColumn('book', 'pages'",
      ]);
      await database.apply(upgrade);
      expect(await database.difference(after ?? [])).toBe('');
      expect(batches.downgrade.map(({ alterations }) => alterations.length)).toEqual([2, 3, 3]);
      await database.apply(downgrade);
      expect(await database.schema()).toBe(told);
      expect(await database.connection.execute('select title, note from book')).toEqual([{ title: 'Rust', note: 'x' }]);
    } finally {
      await database.close();
    }
  });

  it('computed columns that are rebuilt are one batch and one statement, and keep what no entity says of them', async () => {
    const database = await LiveDatabase.create(engine);
    const computed = (added: number, storage: string): Entities =>
      thing({
        b: p.integer(),
        a: p.integer().generated(`(b + ${added}) ${storage}`),
        n: p.integer().generated(`(a + 1) ${storage}`),
      });
    try {
      await database.build(computed(10, 'stored'));
      // both engines have the word
      await database.execute(
        `alter table thing modify a int generated always as (b + 10) stored invisible`,
        'insert into thing (b) values (1)',
      );
      const [told, hidden] = [await database.schema(), / INVISIBLE/g];
      const entities = computed(20, 'virtual');
      const { upgrade, downgrade, batches } = await database.compare(entities);
      expect(batches.upgrade.map(({ alterations }) => alterations.map(({ kind }) => kind))).toEqual([
        ['dropColumn', 'dropColumn', 'addColumn', 'addColumn'],
      ]);
      await database.apply(upgrade);
      expect(await database.difference(entities)).toBe('');
      expect((await database.schema()).match(hidden)).toHaveLength(1);
      expect(await database.connection.execute('select a, n from thing')).toEqual([{ a: 21, n: 22 }]);
      await database.apply(downgrade);
      expect(await database.schema()).toBe(told);
    } finally {
      await database.close();
    }
  });
});

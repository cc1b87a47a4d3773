import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { RenameNotFoundError } from '../../../libs/nest-migrate/src/errors/autogenerate.errors.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls, postgres, thing } from './single-features.js';

const ofToday = enginesByDialect('renames');
const postgresOfToday = enginesByDialect('renames', postgres);

function library(author: string, name: string, quoted = name): Entities {
  const Author = defineEntity({
    name: 'Author',
    tableName: author,
    properties: {
      id: p.integer().primary(),
      [name]: p.string().length(60).fieldName(name).index(),
      mood: p.enum(['a', 'b']).default('a'),
    },
    checks: [{ name: 'not_empty', expression: `${quoted} <> ''` }],
  });
  return [Author as never, ...thing({ author: () => p.manyToOne(Author as never).name(`author_id`) })];
}

describe.each(ofToday)('renames on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  it('asks about a column of the same type, and drops and adds it where nobody answers', async () => {
    await database.build(thing({ obsolete: p.integer() }));
    const comparison = await database.compare(thing({ stock: p.integer() }));
    expect(comparison.candidates).toEqual([
      { kind: 'column', from: 'thing.obsolete', to: 'thing.stock', answer: 'thing.obsolete:stock' },
    ]);
    expect(comparison.upgrade.map(({ kind }) => kind)).toEqual(['addColumn', 'dropColumn']);
    const sentence = comparison.warnings.find((warning) => warning.includes('--rename thing.obsolete:stock'));
    // the reviewer of the file reads what the terminal said
    const source = renderOperations(comparison.upgrade, undefined, comparison.batches.upgrade);
    const commented = source
      .replace(/\n *\/\/ /g, ' ')
      .split('\n')
      .find((line) => line.includes('drops column'));
    expect(commented).toContain(sentence);
  });

  it('asks nothing about a column of another type', async () => {
    await database.build(thing({ obsolete: p.integer() }));
    expect((await database.compare(thing({ title: p.string() }))).candidates).toEqual([]);
  });

  it('renames a column that was answered, with its index and its check, and keeps its rows', async () => {
    const [before, after] = [library('author', 'name'), library('author', 'full_name')];
    await database.build(before);
    await database.execute("insert into author (name) values ('Ada')", 'insert into thing (author_id) values (1)');

    const comparison = await database.compare(after, { renames: ['author.name:full_name'] });
    expect(comparison.candidates).toEqual([]);
    expect(comparison.upgrade.filter(({ kind }) => kind === 'dropColumn' || kind === 'addColumn')).toEqual([]);
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
    expect(await database.connection.execute('select full_name as name from author')).toEqual([{ name: 'Ada' }]);

    await database.apply(comparison.downgrade);
    expect(await database.difference(before)).toBe('');
    expect(await database.connection.execute('select name from author')).toEqual([{ name: 'Ada' }]);
  });

  it('renames a table and a column whose new names differ in case alone', async () => {
    const quoted = (name: string): string => (mysqls.includes(engine) ? `\`${name}\`` : `"${name}"`);
    const [before, after] = [library('author', 'name'), library('Author', 'Name', quoted('Name'))];
    await database.build(before);
    await database.execute("insert into author (name) values ('Ada')", 'insert into thing (author_id) values (1)');
    const comparison = await database.compare(after, { renames: ['author:Author', 'Author.name:Name'] });
    expect(comparison.upgrade.filter(({ kind }) => /^(?:create|drop)Table$|^(?:add|drop)Column$/.test(kind))).toEqual(
      [],
    );
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
    const rows = `select ${quoted('Name')} as name from ${quoted('Author')}`;
    expect(await database.connection.execute(rows)).toEqual([{ name: 'Ada' }]);
    await database.apply(comparison.downgrade);
    expect(await database.difference(before)).toBe('');
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
  });

  it('renames an enum column, and what it is called elsewhere', async () => {
    const before = thing({ a: p.enum(['x', 'y']).default('x'), n: p.integer() });
    const after = thing({ b: p.enum(['x', 'y', 'z']).default('x'), n: p.integer() });
    await database.build(before);
    const comparison = await database.compare(after, { renames: ['thing.a:b'] });
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
    await database.apply(comparison.downgrade);
    expect(await database.difference(before)).toBe('');
  });

  it('renames a key column that others refer to', async () => {
    const version = (key: string): Entities => {
      const Owner = defineEntity({
        name: 'Owner',
        properties: { id: p.integer().primary().fieldName(key), name: p.string() },
      });
      return [Owner as never, ...thing({ owner: () => p.manyToOne(Owner).fieldName('owner') })];
    };
    await database.build(version('id'));
    const comparison = await database.compare(version('number'), { renames: ['owner.id:number'] });
    await database.apply(comparison.upgrade);
    expect(await database.difference(version('number'))).toBe('');
    await database.apply(comparison.downgrade);
    expect(await database.difference(version('id'))).toBe('');
  });

  it('asks about a table that looks the same, and renames it with all that is called after it', async () => {
    const [before, after] = [library('author', 'name'), library('writer', 'name')];
    await database.build(before);
    await database.execute("insert into author (name) values ('Ada')", 'insert into thing (author_id) values (1)');
    expect((await database.compare(after)).candidates).toEqual([
      { kind: 'table', from: 'author', to: 'writer', answer: 'author:writer' },
    ]);

    const comparison = await database.compare(after, { renames: ['author:writer'] });
    expect(comparison.candidates).toEqual([]);
    expect(comparison.upgrade.filter(({ kind }) => kind === 'dropTable' || kind === 'createTable')).toEqual([]);
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
    expect(await database.connection.execute('select name from writer')).toEqual([{ name: 'Ada' }]);

    await database.apply(comparison.downgrade);
    expect(await database.difference(before)).toBe('');
  });

  it('renames a table and a column of it', async () => {
    await database.build(library('author', 'name'));
    const after = library('writer', 'full_name');
    const comparison = await database.compare(after, { renames: ['author:writer', 'writer.name:full_name'] });
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
    await database.apply(comparison.downgrade);
    expect(await database.difference(library('author', 'name'))).toBe('');
  });

  it('renames a column that changes as well', async () => {
    await database.build(thing({ a: p.string().length(20) }));
    const after = thing({ b: p.text().nullable() });
    const comparison = await database.compare(after, { renames: ['thing.a:b'] });
    expect(comparison.upgrade.map(({ kind }) => kind)).toEqual(['renameColumn', 'alterColumn']);
    await database.apply(comparison.upgrade);
    expect(await database.difference(after)).toBe('');
  });

  it('refuses an answer to which there is no question', async () => {
    await database.build(thing({ a: p.integer() }));
    const comparison = database.compare(thing({ b: p.integer() }), { renames: ['thing.a:c'] });
    await expect(comparison).rejects.toThrow(RenameNotFoundError);
    await expect(comparison).rejects.toThrow('thing.a:b');
  });
});

describe.each(ofToday)('renames of the values of an enum that is a column on %s', (engine) => {
  it('are asked about, and rows and defaults follow there and back', async () => {
    const status = (items: readonly string[], standard: string): Entities =>
      thing({ status: p.enum(items).default(standard), note: p.string().nullable() });
    const database = await LiveDatabase.create(engine);
    try {
      const [before, after] = [status(['new', 'used'], 'new'), status(["mint, it's", 'used'], "mint, it's")];
      await database.build(before);
      await database.execute("insert into thing (note) values ('a')", "insert into thing (status) values ('used')");
      const asked = await database.compare(after);
      const answer = "thing.status.new:mint, it's";
      expect(asked.candidates).toEqual([
        { kind: 'enumValue', from: 'thing.status.new', to: "thing.status.mint, it's", answer },
      ]);
      const change = await database.compare(after, { renames: [answer] });
      expect([change.candidates, change.warnings]).toEqual([[], []]);
      // what a script starts from is what is there
      for (const { existing } of change.batches.upgrade) {
        if (existing === undefined) continue;
        expect(existing.columns).toContainEqual(expect.objectContaining({ name: 'status', items: ['new', 'used'] }));
      }
      await database.apply(change.upgrade);
      expect(await database.difference(after)).toBe('');
      await database.execute("insert into thing (note) values ('b')");
      const values = async (): Promise<readonly unknown[]> =>
        (await database.connection.execute<{ status: string }[]>('select status from thing order by id')).map(
          (row) => row.status,
        );
      expect(await values()).toEqual(["mint, it's", 'used', "mint, it's"]);
      await database.apply(change.downgrade);
      expect(await database.difference(before)).toBe('');
      expect(await values()).toEqual(['new', 'used', 'new']);
      // the script does the same, of the table that the revision says
      await database.apply(change.upgrade, 'revision');
      expect(await values()).toEqual(["mint, it's", 'used', "mint, it's"]);
    } finally {
      await database.close();
    }
  });
});

describe.each(postgresOfToday)('renames of what policies and partitions belong to on %s', (engine) => {
  it('take policies along, also those that change at once, there and back', async () => {
    const invoice = (table: string, column: string, most: number): Entities => [
      defineEntity({
        name: 'Invoice',
        tableName: table,
        rowLevelSecurity: 'force',
        policies: [
          { name: 'own', using: `${column} = current_setting('app.tenant', true)` },
          { name: 'small', type: 'restrictive', using: `amount < ${most}` },
        ],
        properties: { id: p.integer().primary(), [column]: p.string().length(20), amount: p.integer() },
      } as never) as never,
    ];
    const database = await LiveDatabase.create(engine);
    try {
      const [before, after] = [invoice('invoice', 'tenant', 10), invoice('bill', 'customer', 20)];
      await database.build(before);
      const schema = await database.schema();
      const change = await database.compare(after, { renames: ['invoice:bill', 'bill.tenant:customer'] });
      expect(change.upgrade.filter(({ kind }) => kind === 'dropTable' || kind === 'dropColumn')).toEqual([]);
      await database.apply(change.upgrade);
      expect(await database.difference(after)).toBe('');
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
    } finally {
      await database.close();
    }
  });

  it('take partitions along, with their rows', async () => {
    const events = (table: string, more: Record<string, unknown> = {}): Entities => [
      defineEntity({
        name: 'Event',
        tableName: table,
        partitionBy: { type: 'hash', expression: 'id', partitions: 2 },
        properties: { id: p.integer().primary().autoincrement(false), note: p.text().nullable(), ...more },
      } as never) as never,
    ];
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(events('event'));
      await database.execute('insert into event (id) values (1), (2), (3), (4)');
      const schema = await database.schema();
      const change = await database.compare(events('happening'), { renames: ['event:happening'] });
      expect(change.warnings).toEqual([]);
      const lost = ['dropTable', 'dropPartition', 'createPartition'];
      expect(change.upgrade.filter(({ kind }) => lost.includes(kind))).toEqual([]);
      await database.apply(change.upgrade);
      expect(await database.difference(events('happening'))).toBe('');
      const rows = await database.connection.execute<{ id: number }[]>('select id from happening order by id');
      expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
      expect(await database.connection.execute('select count(*)::int as count from event')).toEqual([{ count: 4 }]);
    } finally {
      await database.close();
    }
  });
});

describe.each(postgresOfToday)('tables that move into another schema on %s', (engine) => {
  /** A table with everything on it that names a place, and one that refers to it. */
  const shop = (schema: string | undefined, tableName: string, kind = 'kind'): Entities => {
    const place = schema === undefined ? {} : { schema };
    const Book: never = defineEntity({
      name: 'Book',
      tableName,
      ...place,
      rowLevelSecurity: true,
      policies: [{ name: 'own', using: `title = current_user` }],
      indexes: [
        {
          name: 'book_lower',
          expression: `create index "book_lower" on ${schema ?? 'public'}.${tableName} (lower(title))`,
        },
      ],
      checks: [{ name: 'has_title', expression: "title <> ''" }],
      triggers: [{ name: 'watch', timing: 'before', events: ['insert'], body: "new.title := 'seen'; return new" }],
      properties: {
        id: p.integer().primary(),
        number: p.integer().generated('by default as identity'),
        title: p.string().unique(),
        mood: p.enum(['a', 'b']).default('a'),
        kind: p.enum(['x', 'y']).nativeEnumName(kind).default('x'),
        parent: () => p.manyToOne(Book).nullable().fieldName('parent_id'),
      },
    } as never) as never;
    const Review = defineEntity({
      name: 'Review',
      schema: 'reviews',
      properties: { id: p.integer().primary(), book: () => p.manyToOne(Book).fieldName('book_id') },
    }) as never;
    return [Book, Review];
  };
  const events = (schema: string, tableName = 'event'): Entities => [
    defineEntity({
      name: 'Event',
      schema,
      tableName,
      partitionBy: { type: 'hash', expression: 'id', partitions: 2 },
      properties: { id: p.integer().primary().autoincrement(false) },
    } as never) as never,
  ];

  it.each([
    ['into a schema', undefined, 'book', 'archive', 'book', 'book:archive.book'],
    ['out of a schema', 'shop', 'book', undefined, 'book', 'shop.book:public.book'],
    ['between schemas', 'shop', 'book', 'archive', 'book', 'shop.book:archive.book'],
    ['and get another name', 'shop', 'book', 'archive', 'volume', 'shop.book:archive.volume'],
  ])('%s, with their rows and everything on them, there and back', async (_, from, name, to, newName, answer) => {
    const database = await LiveDatabase.create(engine);
    const rows = (schema: string | undefined, table: string): Promise<unknown> =>
      database.connection.execute(`select id, number, title, kind, mood from "${schema ?? 'public'}"."${table}"`);
    try {
      const [before, after] = [shop(from, name), shop(to, newName)];
      await database.build(before);
      const where = `"${from ?? 'public'}"."${name}"`;
      await database.execute(
        `insert into ${where} (title) values ('x')`,
        'insert into reviews.review (book_id) values (1)',
      );
      const schema = await database.schema();
      const kept = [{ id: 1, number: 1, title: 'seen', kind: 'x', mood: 'a' }];
      expect(await rows(from, name)).toEqual(kept);

      const unanswered = await database.compare(after);
      expect(unanswered.candidates.map((candidate) => candidate.answer)).toEqual(name === newName ? [answer] : []);
      const change = await database.compare(after, { renames: [answer] });
      expect(change.candidates).toEqual([]);
      const lost = ['dropTable', 'createTable', 'dropColumn', 'addColumn'];
      expect(change.upgrade.filter(({ kind }) => lost.includes(kind))).toEqual([]);
      await database.apply(change.upgrade);
      expect(await database.difference(after)).toBe('');
      expect(await rows(to, newName)).toEqual(kept);
      await database.apply(change.downgrade);
      expect(await database.difference(before)).toBe('');
      expect(await database.schema()).toBe(schema);
      expect(await rows(from, name)).toEqual(kept);
    } finally {
      await database.close();
    }
  });

  it('leave a type where it is that the entities keep there', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(shop('shop', 'book'));
      const after = shop('archive', 'book', 'shop.kind');
      const change = await database.compare(after, { renames: ['shop.book:archive.book'] });
      expect(change.upgrade.filter(({ kind }) => /Enum$|^alterColumn$/.test(kind))).toEqual([]);
      await database.apply(change.upgrade);
      expect(await database.difference(after)).toBe('');
    } finally {
      await database.close();
    }
  });

  it.each(['event', 'happening'])('take their partitions along, with their rows, as %s', async (name) => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(events('shop'));
      await database.execute('insert into shop.event (id) values (1), (2), (3), (4)');
      const schema = await database.schema();
      const after = events('archive', name);
      const change = await database.compare(after, { renames: [`shop.event:archive.${name}`] });
      const lost = ['dropTable', 'dropPartition', 'createPartition'];
      expect(change.upgrade.filter(({ kind }) => lost.includes(kind))).toEqual([]);
      await database.apply(change.upgrade);
      expect(await database.difference(after)).toBe('');
      expect(await database.connection.execute(`select count(*)::int as n from archive.${name}`)).toEqual([{ n: 4 }]);
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
      expect(await database.connection.execute('select count(*)::int as n from shop.event')).toEqual([{ n: 4 }]);
    } finally {
      await database.close();
    }
  });

  it('are not taken for one of another shape, which nobody is asked about', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(thing({ a: p.integer(), b: p.text() }, { schema: 'shop' }));
      const other = thing({ c: p.text(), d: p.uuid() }, { schema: 'archive' });
      expect((await database.compare(other)).candidates).toEqual([]);
    } finally {
      await database.close();
    }
  });
});

describe.each(postgresOfToday)('partitions that are the same under another name on %s', (engine) => {
  const range = (name: string, from: number): object => ({ name, values: `from (${from}) to (${from + 10})` });
  const log = (...partitions: readonly object[]): Entities => [
    defineEntity({
      name: 'Log',
      tableName: 'log',
      partitionBy: { type: 'range', expression: 'id', partitions },
      properties: { id: p.integer().primary().autoincrement(false) },
    } as never) as never,
  ];

  it.each([
    ['move on one by one', [range('log_0', 10), range('log_1', 20), range('log_2', 30)], [11, 21]],
    ['move back one by one', [range('log_1', 0), range('log_2', 10), range('log_3', 20)], [1, 11, 21]],
    ['change places', [range('log_1', 0), range('log_0', 10), range('log_2', 20)], [1, 11, 21]],
    ['go round', [range('log_1', 0), range('log_2', 10), range('log_0', 20)], [1, 11, 21]],
  ])('keep their rows as their names %s, there and back', async (_, wanted, kept) => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(log(range('log_0', 0), range('log_1', 10), range('log_2', 20)));
      await database.execute('insert into log (id) values (1), (11), (21)');
      const schema = await database.schema();
      const rows = async (): Promise<readonly number[]> =>
        (await database.connection.execute<{ id: number }[]>('select id from log order by id')).map(({ id }) => id);
      const change = await database.compare(log(...wanted));
      await database.apply(change.upgrade);
      expect(await database.difference(log(...wanted))).toBe('');
      expect(await rows()).toEqual(kept);
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
      expect(await rows()).toEqual(kept);
    } finally {
      await database.close();
    }
  });
});

describe.each(postgresOfToday)('renames of the values of a native enum on %s', (engine) => {
  const mood = (items: readonly string[], standard: string): Entities =>
    thing({
      mood: p.enum(items).nativeEnumName('mood').default(standard),
      other: p.enum(items).nativeEnumName('mood').nullable(),
    });

  it('are asked about, and rows, defaults and whoever comes back follow', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      const [before, after] = [
        mood(['sad', 'so so', 'glad'], 'sad'),
        mood(['blue', 'so so', 'glad', "it's fine"], 'blue'),
      ];
      await database.build(before);
      await database.execute("insert into thing (other) values ('glad'), ('sad')");
      // as many go as come, or nobody can have meant it
      expect((await database.compare(after)).candidates).toEqual([]);
      const likely = await database.compare(mood(['blue', 'so so', 'glad'], 'blue'));
      expect(likely.candidates).toEqual([
        { kind: 'enumValue', from: 'mood.sad', to: 'mood.blue', answer: 'mood.sad:blue' },
      ]);
      expect(likely.warnings).toContainEqual(
        expect.stringMatching(/^enum value mood\.sad may have become mood\.blue: .* add --rename mood\.sad:blue$/),
      );

      const comparison = await database.compare(after, { renames: ['mood.sad:blue'] });
      expect(comparison.warnings).toEqual([]);
      await database.apply(comparison.upgrade);
      expect(await database.difference(after)).toBe('');
      const values = 'select mood::text, other::text from thing order by id';
      expect(await database.connection.execute(values)).toEqual([
        { mood: 'blue', other: 'glad' },
        { mood: 'blue', other: 'blue' },
      ]);
      await database.apply(comparison.downgrade);
      expect(await database.difference(before)).toBe('');
      expect(await database.connection.execute(values)).toEqual([
        { mood: 'sad', other: 'glad' },
        { mood: 'sad', other: 'sad' },
      ]);
    } finally {
      await database.close();
    }
  });
});

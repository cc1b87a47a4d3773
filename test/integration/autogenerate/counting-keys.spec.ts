/** Keys that count, in every way that PostgreSQL has: a change of the way keeps the numbers, and inserts go on. */
import { defineEntity, p, raw, UnderscoreNamingStrategy } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type Row } from '../../support/databases.js';
import { isTurn, isTurnOfHalf } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

type Integer = 'smallint' | 'integer' | 'bigint';
const integers: readonly Integer[] = ['smallint', 'integer', 'bigint'];
const limits: Readonly<Record<Integer, string>> = {
  smallint: String(2 ** 15 - 1),
  integer: String(2 ** 31 - 1),
  bigint: String(2n ** 63n - 1n),
};

interface Key {
  readonly name: string;
  readonly of: (type: Integer) => object;
  /** Whether an insert without the key gets a number. */
  readonly counts: boolean;
  /** Whether the column owns the sequence. */
  readonly owns: boolean;
}

const shared = raw("nextval('numbers')");
const keys: readonly Key[] = [
  { name: 'plain', of: (type) => p[type]().primary().autoincrement(false), counts: false, owns: false },
  { name: 'serial', of: (type) => p[type]().primary().autoincrement(), counts: true, owns: true },
  { name: 'identity', of: (type) => p[type]().primary().generated('by default as identity'), counts: true, owns: true },
  { name: 'identity always', of: (type) => p[type]().primary().generated('identity'), counts: true, owns: true },
  {
    name: 'shared sequence',
    of: (type) => p[type]().primary().autoincrement(false).default(shared),
    counts: true,
    owns: false,
  },
];

function book(id: object, more: object = {}): Entities {
  return [
    defineEntity({
      name: 'Book',
      properties: { id, title: p.string(), ...more } as never,
      ...('tableName' in more ? {} : {}),
    }) as never,
  ];
}

const types = [
  ['integer', 'integer'],
  ['integer', 'bigint'],
  ['bigint', 'integer'],
  ['smallint', 'integer'],
] as const satisfies readonly (readonly [Integer, Integer])[];

/** Each pair of ways to count, of the same type and of different ones. */
const conversions = keys.flatMap((from, row) =>
  keys
    .flatMap((to, column) => {
      // who wants auto-increment has it with any sequence: see below
      if (from.name === 'shared sequence' && to.name === 'serial') return [];
      const mine = types.filter(([before, after]) => from !== to || before !== after);
      // of a long product each pair has one of the types, the next day the next ones
      const ofRun = mine.filter((type) => isTurn(row + column, type, mine));
      return ofRun.map(([before, after]) => ({ from, to, before, after }));
    })
    .map((one) => ({ ...one, name: `${one.before} ${one.from.name} to ${one.after} ${one.to.name}` })),
);

const engines = ['postgres', 'pglite'] as const;

describe.each(engines)('a key that counts on %s', (engine) => {
  let database: LiveDatabase;
  /** Of a long product one case in two runs, on one of the engines. */
  const isHere = (_case: unknown, index: number): boolean => isTurnOfHalf(index, engine, engines);

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const remaining = async (entities: Entities): Promise<string> =>
    renderOperations((await database.compare(entities)).upgrade);
  const rows = async (sql: string): Promise<readonly Row[]> => database.connection.execute<Row[]>(sql);
  const value = async (sql: string): Promise<string> => String(Object.values((await rows(sql))[0] ?? {})[0]);
  const ids = async (): Promise<readonly number[]> =>
    (await rows('select id from book order by id')).map(({ id }) => Number(id));
  /** Inserts a row, by number where the key does not count. Returns its number. */
  const insert = async (key: Key, number: number): Promise<number> => {
    const [row] = await rows(
      key.counts
        ? "insert into book (title) values ('x') returning id"
        : `insert into book (id, title) values (${number}, 'x') returning id`,
    );
    return Number(row?.['id']);
  };
  /** The type of the sequence that the column owns. */
  const counterType = (table = 'book', column = 'id'): Promise<string> =>
    value(
      `select seqtypid::regtype::text from pg_sequence where seqrelid = pg_get_serial_sequence('${table}', '${column}')::regclass`,
    );
  const sequences = async (): Promise<readonly string[]> =>
    (await rows(`select relname::text as name from pg_class where relkind = 'S' order by 1`)).map(({ name }) =>
      String(name),
    );

  /** The schemas that a new database gets, by what is built there. */
  const builtSchemas = new Map<string, string>();
  const builtSchema = async (key: Key, type: Integer, hasNumbers: boolean): Promise<string> => {
    const name = `${key.name} ${type} ${hasNumbers}`;
    const known = builtSchemas.get(name);
    if (known !== undefined) return known;
    if (hasNumbers) await database.execute('create sequence numbers');
    await database.build(book(key.of(type)));
    const built = await database.schema();
    builtSchemas.set(name, built);
    await database.reset();
    return built;
  };

  it.each(conversions.filter(isHere))(
    'goes from $name and back: rows stay, numbers go on, nothing is left',
    async ({ from, to, before, after }) => {
      const [v1, v2] = [book(from.of(before)), book(to.of(after))];
      // nothing drops a sequence that others may use
      const fresh = await builtSchema(to, after, from.name === 'shared sequence');
      await database.build(v1);
      const old = await database.schema();
      for (const number of [1, 2, 3]) await insert(from, number);
      await database.execute('delete from book where id = 3');

      const change = await database.compare(v2);
      expect(change.upgrade).not.toEqual([]);
      expect(change.warnings.filter((warning) => /by hand/.test(warning))).toEqual([]);
      await database.apply(change.upgrade);
      expect(await remaining(v2)).toBe('');
      expect(await database.schema()).toBe(fresh);
      expect(await ids()).toEqual([1, 2]);
      const next = await insert(to, 7);
      // what counted goes on where it was; what did not begins above the rows
      if (to.counts) expect(next).toBe(from === to || (from.owns && to.owns) ? 4 : 3);

      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(old);
      expect(await ids()).toEqual([1, 2, next]);
      const later = await insert(from, 9);
      if (from.counts) expect(later).toBeGreaterThan(next);
      expect(await remaining(v1)).toBe('');

      await database.apply(change.upgrade);
      expect(await database.schema()).toBe(fresh);
      expect(await insert(to, 11)).toBeGreaterThan(to.counts ? later : 0);

      // a shared sequence stays, so that another revision finds it
      await database.build(v1);
      expect(await remaining(v1)).toBe('');
      expect(await insert(from, 13)).toBeGreaterThan(from.counts ? later : 0);
    },
  );

  it.each(
    keys
      .filter(({ owns }) => owns)
      .flatMap((key) => integers.map((type) => ({ key, type, name: `${type} ${key.name}` }))),
  )('of $name ends at the limit of its type, whatever its table and column were called', async ({ key, type }) => {
    const entities = (table: string, column: string, id: object): Entities => [
      defineEntity({
        name: 'Book',
        tableName: table,
        properties: { [column]: id, title: p.string() } as never,
      }) as never,
    ];
    await database.build(entities('book', 'id', key.of('integer')));
    await database.execute("insert into book (title) values ('x')");
    const renamed = entities('volume', 'number', key.of('integer'));
    const renaming = { renames: ['book:volume', 'volume.id:number'] };
    await database.apply((await database.compare(renamed, renaming)).upgrade);
    if (type === 'integer') return expect(await counterType('volume', 'number')).toBe(type);
    const wider = entities('volume', 'number', key.of(type));
    const change = await database.compare(wider);
    await database.apply(change.upgrade);
    expect(await remaining(wider)).toBe('');
    expect(await counterType('volume', 'number')).toBe(type);
    expect(await value('select seqmax from pg_sequence')).toBe(limits[type]);
    await database.apply(change.downgrade);
    expect(await counterType('volume', 'number')).toBe('integer');
    expect(await value("insert into volume (title) values ('y') returning number")).toBe('2');
    expect(await sequences()).toHaveLength(1);
  });

  it('is found where another naming strategy named its sequence', async () => {
    class Prefixed extends UnderscoreNamingStrategy {
      override indexName(...args: Parameters<UnderscoreNamingStrategy['indexName']>): string {
        return `own_${super.indexName(...args)}`;
      }
    }
    const config = { namingStrategy: Prefixed };
    const [v1, v2] = [book(keys[1].of('integer')), book(keys[1].of('bigint'))];
    await database.apply((await database.compare(v1, { config })).upgrade);
    const change = await database.compare(v2, { config });
    await database.apply(change.upgrade);
    expect(await counterType()).toBe('bigint');
    await database.apply((await database.compare(book(keys[0].of('bigint')), { config })).upgrade);
    expect(await sequences()).toEqual([]);
  });

  it('takes no sequence of another table, whose name it would have', async () => {
    await database.build(book(keys[1].of('integer')));
    await database.execute('alter table book rename to volume', "insert into volume (title) values ('x')");
    const volume = defineEntity({
      name: 'Volume',
      properties: { id: p.integer().primary(), title: p.string() },
    }) as never;
    const v1 = [...book(keys[0].of('integer')), volume];
    await database.build(v1);
    const change = await database.compare([...book(keys[1].of('integer')), volume]);
    await database.apply(change.upgrade);
    expect(await remaining([...book(keys[1].of('integer')), volume])).toBe('');
    expect(await sequences()).toEqual(['book_id_seq', 'book_id_seq1']);
    expect(await value("insert into volume (title) values ('x') returning id")).toBe('2');
    expect(await value("insert into book (title) values ('x') returning id")).toBe('1');
    await database.apply(change.downgrade);
    expect(await sequences()).toEqual(['book_id_seq']);
    expect(await value("insert into volume (title) values ('x') returning id")).toBe('3');
  });

  it.each([
    ['a name that is as long as names may be', 'b'.repeat(63)],
    ['a name with capitals, quotes and dots', `Bo"o'k $$ x`],
    ['a name of several bytes a letter', 'ü'.repeat(31)],
  ])('counts in a table of %s', async (_what, tableName) => {
    const entities = (id: object): Entities => [
      defineEntity({
        name: 'Book',
        tableName,
        properties: { id, counter: p.integer().nullable(), top: p.integer().nullable() } as never,
      }) as never,
    ];
    const quoted = `"${tableName.replaceAll('"', '""')}"`;
    for (const to of keys) {
      await database.reset();
      await database.build(entities(keys[1].of('integer')));
      await database.execute(`insert into ${quoted} (top) values (1)`);
      if (to.owns) await database.build(entities(keys[0].of('integer')));
      const change = await database.compare(entities(to.of('bigint')));
      await database.apply(change.upgrade);
      expect(await remaining(entities(to.of('bigint')))).toBe('');
      if (to.counts) expect(await value(`insert into ${quoted} (top) values (1) returning id`)).toBe('2');
      await database.apply(change.downgrade);
    }
  });

  const others: readonly (readonly [string, () => object, string])[] = [
    ['uuid', () => p.uuid().primary(), "lpad(to_hex(id), 32, '0')::uuid"],
    ['uuid with a default', () => p.uuid().primary().defaultRaw('gen_random_uuid()'), 'gen_random_uuid()'],
    ['text', () => p.text().primary(), "'book-' || id"],
    ['string', () => p.string().length(20).primary(), "'book-' || id"],
    ['decimal', () => p.decimal().precision(12).scale(0).primary(), 'id'],
  ];
  it.each(
    keys
      .flatMap((key) => others.map(([name, of, using]) => ({ name: `${key.name} to ${name}`, key, of, using })))
      .filter(isHere),
  )(
    'may become a key that does not: $name, on an empty table and with the using of a person',
    async ({ key, of, using }) => {
      const [v1, v2] = [book(key.of('integer')), book(of())];
      for (const inserted of [0, 2]) {
        await database.reset();
        await database.build(v1);
        const old = await database.schema();
        for (let number = 1; number <= inserted; number++) await insert(key, number);
        const change = await database.compare(v2);
        const written = change.upgrade.map((operation) =>
          operation.kind === 'alterColumn' && inserted > 0
            ? { ...operation, change: { ...operation.change, using }, previousUsing: 'row_number' }
            : operation,
        );
        await database.apply(written);
        expect(await remaining(v2)).toBe('');
        expect(await value('select count(*) from book')).toBe(String(inserted));
        if (inserted > 0) await database.execute('delete from book');
        await database.apply(change.downgrade);
        expect(await remaining(v1)).toBe('');
        expect(await database.schema()).toBe(old);
        expect(await insert(key, 5)).toBeGreaterThan(0);
      }
    },
  );

  it('goes on where it was with the steps, limits and rights that its sequence was given', async () => {
    const role = `inserting_${process.pid}_${engine}`;
    await database.build(book(keys[1].of('integer')));
    await database.execute(
      'alter sequence book_id_seq increment by 10 maxvalue 1000 cycle start with 5 restart with 5',
      `create role ${role}`,
      `grant usage on schema public to ${role}`,
      `grant insert, select on book to ${role}`,
      `grant usage on sequence book_id_seq to ${role}`,
    );
    try {
      const steps = `select seqstart, seqincrement, seqmax, seqcycle from pg_sequence`;
      const before = await rows(steps);
      expect(await insert(keys[1], 0)).toBe(5);
      const change = await database.compare(book(keys[2].of('integer')));
      await database.apply(change.upgrade);
      expect(await rows(steps)).toEqual(before);
      expect(await insert(keys[2], 0)).toBe(15);
      await database.apply(change.downgrade);
      expect(await rows(steps)).toEqual(before);
      await database.execute(`set role ${role}`);
      expect(await insert(keys[1], 0)).toBe(25);
    } finally {
      await database.execute('reset role', `drop owned by ${role}`, `drop role ${role}`);
    }
  });

  it('is lost with its column or where it begins to compute, which is said', async () => {
    const other = (id: object): Entities => book(p.integer().primary().autoincrement(false), { number: id });
    const identity = p.integer().generated('by default as identity');
    await database.build(other(identity));
    const gone = await database.compare(book(p.integer().primary().autoincrement(false)));
    expect(gone.warnings).toEqual([expect.stringMatching(/^drops column book\.number, which no entity has/)]);
    const computed = other(p.integer().generated('(length(title)) stored'));
    await database.execute("insert into book (id, title) values (1, 'abc')");
    const change = await database.compare(computed);
    expect(change.warnings).toEqual([expect.stringMatching(/^rebuilds column book\.number/)]);
    await database.apply(change.upgrade);
    expect(await remaining(computed)).toBe('');
    expect(await value('select number from book')).toBe('3');
    await database.apply(change.downgrade);
    expect(await remaining(other(identity))).toBe('');
    expect(await value('select number from book')).toBe('1');
  });

  it('begins at 1 below zero, and at the last number of its type', async () => {
    await database.build(book(keys[0].of('smallint')));
    await database.execute("insert into book (id, title) values (-5, 'x')");
    const change = await database.compare(book(keys[1].of('smallint')));
    await database.apply(change.upgrade);
    expect(await insert(keys[1], 0)).toBe(1);
    await database.apply(change.downgrade);
    await database.execute(`insert into book (id, title) values (${limits.smallint}, 'x')`);
    await database.apply(change.upgrade);
    await expect(insert(keys[1], 0)).rejects.toThrow(/reached maximum value/);
  });
});

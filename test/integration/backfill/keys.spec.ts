/**
 * Backfills along keys of all kinds, beside one plain update of the same rows. The engine alone knows the order of its
 * values: collations, dates, large numbers, bytes.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import fc from 'fast-check';
import { type Engine, type Row } from '../../support/databases.ts';
import { engineNames } from '../../support/engines.ts';
import { given } from '../../support/revision-file.ts';
import { scenario } from '../../support/scenario.ts';
import { enginesByDialect, turns } from '../../support/turns.ts';

/** How many tables an engine gets. */
const TABLES = turns.isWhole ? 120 : 12;
const SEED = Number(process.env['KEYS_SEED'] ?? Math.floor(Math.random() * 1e9));

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** A type of a key, and values of it as SQL. */
interface Kind {
  readonly type: string;
  readonly value: fc.Arbitrary<string>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const two = (number: number): string => String(number).padStart(2, '0');

const integer = fc.integer({ min: -1000, max: 1000 }).map(String);
const long = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(2n ** 53n, 2n ** 53n + 1n))
  .map(String);
/** Texts in which case, accents, blanks, quotes and marks of SQL decide; none of them ends with a blank, which some engines ignore. */
const word = fc
  .array(
    fc.constantFrom(
      'a',
      'A',
      'ä',
      'b',
      'B',
      'é',
      'e',
      'z',
      'Z',
      '_',
      '-',
      ' ',
      "'",
      '"',
      '?',
      '%',
      '1',
      '10',
      'ß',
      '😀',
      '日',
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').trimEnd());
const text = word.map(quoted);
const day = fc
  .tuple(fc.integer({ min: 1990, max: 2030 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, date]) => `${year}-${two(month)}-${two(date)}`);
const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999))
  .map(([h, m, s, micros]) => `${two(h)}:${two(m)}:${two(s)}.${String(micros).padStart(6, '0')}`);
const moment = fc.tuple(day, time).map(([date, clock]) => `${date} ${clock}`);
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat(999))
  .map(([whole, part]) => `${whole}.${part}`);
const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map(String);
const uuid = fc.uuid();
const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 }).map(hex);
const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex);

const ofPostgres: readonly Kind[] = [
  { type: 'int', value: integer },
  { type: 'bigint', value: long },
  { type: 'numeric(24, 3)', value: decimal },
  { type: 'double precision', value: fc.oneof(double, fc.constantFrom("'NaN'", "'infinity'", "'-infinity'")) },
  { type: 'real', value: fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => `'${n}'`) },
  { type: 'text', value: text },
  { type: 'varchar(20) collate "C"', value: text },
  { type: 'char(8)', value: text },
  { type: 'date', value: fc.oneof(day.map(quoted), fc.constantFrom("'infinity'", "'0044-03-15 BC'")) },
  { type: 'timestamp', value: moment.map(quoted) },
  { type: 'timestamptz', value: moment.map((at) => quoted(`${at}+02`)) },
  { type: 'time', value: time.map(quoted) },
  { type: 'interval', value: fc.integer({ min: -1e6, max: 1e6 }).map((n) => `'${n} seconds'`) },
  { type: 'uuid', value: uuid.map(quoted) },
  { type: 'bytea', value: bytes.map((b) => `'\\x${b}'`) },
  { type: 'boolean', value: fc.constantFrom('true', 'false') },
  {
    type: 'int[]',
    value: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 }).map((list) => `'{${list.join(',')}}'`),
  },
  { type: 'mood', value: fc.constantFrom("'sad'", "'ok'", "'happy'", "'a''b'") },
  { type: 'positive', value: fc.integer({ min: 1, max: 50 }).map(String) },
];
const ofMySql: readonly Kind[] = [
  { type: 'int', value: integer },
  { type: 'bigint', value: long },
  { type: 'bigint unsigned', value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) },
  { type: 'decimal(24, 3)', value: decimal },
  { type: 'double', value: double },
  { type: 'varchar(20)', value: text },
  { type: 'varchar(20) character set utf8mb4 collate utf8mb4_bin', value: text },
  { type: 'varchar(20) character set latin1', value: fc.constantFrom('a', 'A', 'ä', 'é', 'z', 'Öl').map(quoted) },
  { type: 'char(8)', value: text },
  { type: 'date', value: day.map(quoted) },
  { type: 'datetime(6)', value: moment.map(quoted) },
  { type: 'time(6)', value: fc.tuple(fc.constantFrom('', '-'), time).map(([sign, at]) => quoted(`${sign}${at}`)) },
  { type: 'year', value: fc.integer({ min: 1990, max: 2030 }).map(String) },
  { type: 'binary(16)', value: sixteen.map((b) => `x'${b}'`) },
  { type: 'varbinary(8)', value: bytes.map((b) => `x'${b}'`) },
];
const kinds: Readonly<Record<Engine, readonly Kind[]>> = {
  postgres: ofPostgres,
  pglite: ofPostgres,
  mysql: ofMySql,
  mariadb: [...ofMySql, { type: 'uuid', value: uuid.map(quoted) }],
  sqlite: [
    { type: 'integer', value: fc.oneof(integer, long) },
    { type: 'text', value: text },
    { type: 'text collate nocase', value: text },
    { type: 'real', value: fc.oneof(double, fc.constantFrom('9e999', '-9e999', '0.1', '1e300')) },
    { type: 'blob', value: bytes.map((b) => `x'${b}'`) },
    {
      type: '',
      value: fc.oneof(
        integer,
        text,
        double,
        bytes.map((b) => `x'${b}'`),
      ),
    },
    { type: 'date', value: day.map(quoted) },
  ],
};

interface Table {
  /** The types of the key's columns. */
  readonly columns: readonly string[];
  readonly keys: readonly (readonly string[])[];
  readonly batch: number;
  readonly isPrimary: boolean;
  readonly work: 'set' | 'rows';
  readonly where: string | undefined;
}

function tablesOf(engine: Engine): fc.Arbitrary<Table> {
  return fc.array(fc.constantFrom(...kinds[engine]), { minLength: 1, maxLength: 3 }).chain((columns) =>
    fc.record({
      columns: fc.constant(columns.map(({ type }) => type)),
      keys: fc.array(fc.tuple(...columns.map(({ value }) => value)), { maxLength: 30 }),
      batch: fc.integer({ min: 1, max: 9 }),
      isPrimary: fc.boolean(),
      work: fc.constantFrom('set' as const, 'rows' as const),
      where: fc.constantFrom(undefined, 'n % 2 = 0', 'slug is null', 'slug is null -- a comment'),
    }),
  );
}

/** What the plain update does, and what is asked of both tables in the end. */
describe.each(enginesByDialect('keys'))('a backfill on %s', (engine) => {
  it(`does what one plain update does, along ${TABLES} keys`, async () => {
    const tables = fc.sample(tablesOf(engine), { numRuns: TABLES, seed: SEED });
    process.stderr.write(`Keys of backfills on ${engineNames[engine]}: ${TABLES} (KEYS_SEED=${SEED})\n`);
    const made = await scenario(engine, {
      revisions: {
        aaaa: given({ tables, insert: insertWord(engine) }, async (op, values) => {
          if (op.dialect === 'postgres') {
            await op.execute("create type mood as enum ('sad', 'ok', 'happy', 'a''b')");
            await op.execute('create domain positive as int check (value > 0)');
          }
          for (const [at, { columns, keys, isPrimary }] of values.tables.entries()) {
            const names = columns.map((_, index) => `k${index}`);
            const parts = columns.map((type, index) => `k${index} ${type} not null`);
            for (const name of [`t${at}`, `u${at}`]) {
              const key = `${isPrimary ? 'primary key' : 'unique'} (${names.join(', ')})`;
              await op.execute(
                `create table ${name} (n int, hits int not null default 0, slug varchar(20), ${parts.join(', ')}, ${key})`,
              );
              for (const [n, key] of keys.entries()) {
                const end = values.insert === 'insert' ? ' on conflict do nothing' : '';
                await op.execute(
                  `${values.insert} into ${name} (n, ${names.join(', ')}) values (${n}, ${key.join(', ')})${end}`,
                );
              }
            }
          }
        }),
        bbbb: given({ tables }, async (op, values) => {
          for (const [at, { columns, batch, isPrimary, work, where }] of values.tables.entries()) {
            const key = isPrimary ? {} : { key: columns.map((_, index) => `k${index}`) };
            const about = { table: `t${at}`, batch, ...key, ...(where !== undefined && { where }) };
            if (work === 'set') await op.backfill({ ...about, set: { hits: 'hits + 1', slug: "'filled'" } });
            else {
              await op.backfill<{ n: number }>({
                ...about,
                rows: async (rows, { em }) => {
                  const list = rows.map(({ n }) => n).join(', ');
                  await em.execute(`update t${at} set hits = hits + 1, slug = 'filled' where n in (${list})`);
                },
              });
            }
            const condition = where === undefined ? '' : ` where (${where}\n)`;
            await op.execute(`update u${at} set hits = hits + 1, slug = 'filled'${condition}`);
          }
        }),
      },
    });
    ending.push(() => made.end());
    await made.migrations.upgrade();
    const connection = made.orm.em.getConnection() as AbstractSqlConnection;
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    for (const [at, { columns, batch, work, where }] of tables.entries()) {
      const about = { columns, batch, work, where };
      const rows = async (name: string): Promise<readonly Row[]> =>
        connection.execute<Row[]>(`select n, hits, slug from ${name}${at} order by n`);
      seen.push({ ...about, rows: await rows('t') });
      expected.push({ ...about, rows: await rows('u') });
    }
    expect(seen).toEqual(expected);
  });
});

function insertWord(engine: Engine): string {
  return engine === 'mysql' || engine === 'mariadb' ? 'insert ignore' : 'insert';
}

import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { postgresSql } from '../lexical-rules.js';

const names = new Map(
  Object.entries({
    'character varying': 'varchar',
    character: 'char',
    bpchar: 'char',
    integer: 'int',
    int4: 'int',
    serial: 'int',
    serial4: 'int',
    int8: 'bigint',
    bigserial: 'bigint',
    serial8: 'bigint',
    int2: 'smallint',
    smallserial: 'smallint',
    serial2: 'smallint',
    bool: 'boolean',
    float8: 'double precision',
    double: 'double precision',
    float4: 'real',
    decimal: 'numeric',
    varbit: 'bit varying',
    'timestamp with time zone': 'timestamptz',
    'timestamp without time zone': 'timestamp',
    'time with time zone': 'timetz',
    'time without time zone': 'time',
  }),
);

/** Types that keep six digits of seconds by default. */
const sixDigits = new Set(['timestamptz', 'timestamp', 'timetz', 'time', 'interval']);

/**
 * A canonical text for PostgreSQL's spellings of one type, such as `int4`, `integer` and `serial`. A quoted name is not
 * changed.
 */
export function canonicalPostgresType(type: string): string {
  const text = type.trim();
  if (text.includes('"')) return text;
  const array = /^(.*?)((?:\s*\[\d*\])+)$/s.exec(text);
  if (array) return canonicalPostgresType(array[1] ?? '') + '[]'.repeat((array[2] ?? '').split('[').length - 1);
  const parts = /^([^()]*?)\s*(?:\(([^()]*)\)\s*([^()]*))?$/s.exec(text.toLowerCase().replace(/\s+/g, ' '));
  if (!parts) return text.toLowerCase();
  const [, head = '', args, tail = ''] = parts;
  const spelled = `${head} ${tail}`.trim();
  if (spelled === 'float') return Number(args ?? 53) <= 24 ? 'real' : 'double precision';
  const name = names.get(spelled) ?? spelled;
  return name + canonicalArguments(name, spelled, args?.replace(/\s+/g, ''));
}

function canonicalArguments(name: string, spelled: string, args: string | undefined): string {
  if (args === undefined) return (name === 'char' && spelled !== 'bpchar') || name === 'bit' ? '(1)' : '';
  if (name === 'numeric' && !args.includes(',')) return `(${args},0)`;
  if (sixDigits.has(name) && args === '6') return '';
  return `(${args})`;
}

/** Those of the types that the database does not have; none where it cannot read one of them. */
export async function missingPostgresTypes(
  connection: AbstractSqlConnection,
  types: readonly string[],
): Promise<readonly string[]> {
  const plain = (type: string): string => canonicalPostgresType(type).replace(/\([^()]*\)|(?:\[\])+$/g, '');
  const list = types.map((type, at) => `(${at}, ${postgresSql.text(plain(type))})`).join(', ');
  try {
    const rows = await connection.execute<{ at: number }[]>(
      `select at::int as at from (values ${list}) as named(at, name) where pg_catalog.to_regtype(name) is null order by at`,
    );
    return rows.map(({ at }) => types[at] ?? '');
  } catch {
    return [];
  }
}

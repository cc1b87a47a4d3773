/**
 * The schema of a database as lines, each with the cell that it belongs to: by the engine's own words, and all that an
 * object can carry (grants, options, comments, statistics, publications), which the usual comparison never looks at.
 */
import { type Engine } from '../support/databases.js';
import { catalogueQuery } from '../support/postgres-catalogue.js';
import { sqliteDump } from '../support/sqlite-dump.js';
import { type LiveDatabase } from '../integration/autogenerate/live-database.js';
import { cellIn } from './names.js';
import { LEFT } from './undeclared.js';

/** By cell, its lines. */
export type ToldSchema = ReadonlyMap<number, readonly string[]>;

const own = `not in ('pg_catalog', 'information_schema', 'pg_toast')`;

/** What the catalogue tells beyond the definitions. */
const carried: readonly string[] = [
  `select 'carried by relation', c.oid::regclass::text, concat_ws(' ', relkind, relacl::text, relreplident, relowner::regrole, reloptions::text,
      (select string_agg(inhparent::regclass::text, ',' order by inhseqno) from pg_inherits where inhrelid = c.oid))
    from pg_class c join pg_namespace n on n.oid = relnamespace where nspname ${own} and relkind in ('r', 'p', 'v', 'm', 'S', 'f')`,
  `select 'carried by column', attrelid::regclass || '.' || attname,
      concat_ws(' ', attacl::text, attstattarget, attstorage, attcompression, attoptions::text)
    from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm') and nspname ${own}`,
  `select 'carried by index', indexrelid::regclass::text,
      concat_ws(' ', reloptions::text, indisreplident, indisclustered, indnullsnotdistinct)
    from pg_index join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = relnamespace where nspname ${own}`,
  `select 'carried by trigger', tgrelid::regclass || '.' || tgname, concat_ws(' ', tgenabled, obj_description(oid, 'pg_trigger'))
    from pg_trigger where not tgisinternal`,
  `select 'carried by policy', polrelid::regclass || '.' || polname, coalesce(obj_description(oid, 'pg_policy'), '') from pg_policy`,
  `select 'carried by routine', p.oid::regprocedure::text, concat_ws(' ', proacl::text, proowner::regrole)
    from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname ${own}`,
  `select 'carried by type', t.oid::regtype::text, concat_ws(' ', typacl::text, typowner::regrole)
    from pg_type t join pg_namespace n on n.oid = typnamespace where typtype in ('e', 'd') and nspname ${own}`,
  `select 'rule', ev_class::regclass || '.' || rulename, pg_get_ruledef(r.oid)
    from pg_rewrite r where rulename <> '_RETURN' and ev_class > 16383`,
  // which tells the columns in the order of the table
  `select 'statistics', s.oid::text::int::text, concat_ws(' ', stxname, stxkind, stxrelid::regclass,
      (select string_agg(attname, ',' order by attname) from pg_attribute where attrelid = stxrelid and attnum = any (stxkeys)),
      pg_get_expr(stxexprs, stxrelid), stxstattarget, obj_description(s.oid, 'pg_statistic_ext'))
    from pg_statistic_ext s`,
  `select 'publication', pubname || ' ' || prrelid::regclass,
      concat_ws(' ', pubinsert, pubupdate, pubdelete, pg_get_expr(prqual, prrelid),
        (select string_agg(attname, ',' order by attname) from pg_attribute where attrelid = prrelid and attnum = any (prattrs)))
    from pg_publication_rel join pg_publication b on b.oid = prpubid`,
];

const carriedQuery = `select concat_ws(': ', kind, case when kind = 'statistics' then '' else name end, told) as line from (${carried
  .map((part, index) => `select * from (${part}) q${index}(kind, name, told)`)
  .join('\nunion all ')}) parts`;

/** Each cell's lines, sorted unless the columns of a table have a place. */
export async function toldSchema(database: LiveDatabase): Promise<ToldSchema> {
  const told = new Map<number, string[]>();
  for (const line of await lines[database.engine](database)) {
    const cell = cellIn(line);
    if (cell === undefined) continue;
    const known = told.get(cell) ?? [];
    known.push(line);
    told.set(cell, known);
  }
  for (const known of told.values()) known.sort();
  return told;
}

type Lines = (database: LiveDatabase) => Promise<readonly string[]>;

const lines: Readonly<Record<Engine, Lines>> = {
  postgres: postgresLines,
  pglite: postgresLines,
  mysql: mysqlLines,
  mariadb: mysqlLines,
  // which quotes what it renames
  sqlite: async ({ connection }) =>
    (await sqliteDump(connection)).map((line) => line.replaceAll(/"([a-z_]\w*)"/g, '$1').replaceAll(/(?<=\.) /g, '')),
};

async function postgresLines({ connection }: LiveDatabase): Promise<readonly string[]> {
  const rows = [
    ...(await connection.execute<{ line: string }[]>(catalogueQuery)),
    ...(await connection.execute<{ line: string }[]>(carriedQuery)),
  ];
  return rows.map(({ line }) => line);
}

async function mysqlLines({ connection, name: database }: LiveDatabase): Promise<readonly string[]> {
  const found: string[] = [];
  const named = `select 'table' as kind, table_name as name from information_schema.tables where table_schema = database()
    union all select 'trigger', trigger_name from information_schema.triggers where trigger_schema = database()
    union all select lower(routine_type), routine_name from information_schema.routines where routine_schema = database()`;
  for (const { kind, name } of await connection.execute<{ kind: string; name: string }[]>(named)) {
    const [row = {}] = await connection.execute<Record<string, unknown>[]>(`show create ${kind} \`${name}\``);
    const { Created: _, ...rest } = row;
    const text = Object.values(rest)
      .join('\n')
      .replaceAll(/ AUTO_INCREMENT=\d+/g, '');
    // MariaDB quotes the table of a trigger where it has renamed it
    found.push(withSortedKeys(kind === 'trigger' ? text.replace(/ on `(\w+)`/i, ' on $1') : text));
  }
  // a grant outlives its table and its column
  const tables = 'select table_name from information_schema.tables where table_schema = database()';
  const columns = 'select table_name, column_name from information_schema.columns where table_schema = database()';
  const granted = `select concat_ws(' ', 'grant', table_name, privilege_type, grantee) as line
      from information_schema.table_privileges where table_schema = database() and table_name in (${tables})
    union all select concat_ws(' ', 'grant', table_name, column_name, privilege_type, grantee)
      from information_schema.column_privileges where table_schema = database() and (table_name, column_name) in (${columns})`;
  found.push(...(await connection.execute<{ line: string }[]>(granted)).map(({ line }) => line));
  return found.map((line) => line.replaceAll(database, '<database>'));
}

/** The order of keys means nothing. */
function withSortedKeys(sql: string): string {
  const all = sql.split('\n').map((line) => line.replace(/,$/, ''));
  const isKey = (line: string): boolean =>
    /^\s+(CONSTRAINT|PRIMARY KEY|UNIQUE|KEY|FULLTEXT|SPATIAL|CHECK|FOREIGN KEY)\b/.test(line);
  const [first, last] = [all.findIndex(isKey), all.findLastIndex(isKey)];
  if (first === -1) return all.join('\n');
  return [...all.slice(0, first), ...all.slice(first, last + 1).sort(), ...all.slice(last + 1)].join('\n');
}

/** A schema in which the order of columns means nothing. */
export function inAnyOrder(schema: readonly string[]): readonly string[] {
  // the columns of a view of all columns follow those of its table
  const parts = schema.flatMap((line) =>
    line.split(/\bview\b/i.test(line) ? /\n|(?<= select )|,(?=`)|(?= from )/i : '\n'),
  );
  return parts.map((part) => part.trim().replace(/[,;]$/, '')).sort();
}

/** A schema without the lines about what no entity declares. */
export function withoutUndeclared(schema: readonly string[]): readonly string[] {
  return schema.flatMap((line) => line.split('\n')).filter((line) => !line.includes(LEFT));
}

/** What differs, as lines that went and lines that came. */
export function differenceOf(before: readonly string[], after: readonly string[]): string {
  const [old, now] = [parts(before), parts(after)];
  const gone = without(old, now);
  const come = without(now, old);
  return [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)].join('\n');
}

function parts(schema: readonly string[]): readonly string[] {
  return schema.flatMap((line) => line.split('\n'));
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

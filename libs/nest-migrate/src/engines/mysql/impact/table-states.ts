import { type SqlSession } from '../../session/sql-session.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';

/** The tables of the session's database at one moment. */
export interface TableStates {
  readonly tables: ReadonlySet<string>;
  /** The indexes of each table. */
  readonly indexes: ReadonlyMap<string, ReadonlySet<string>>;
  /** The numbers of InnoDB's tables and indexes; absent where the role may not see them. */
  readonly numbers: InnodbNumbers | undefined;
  /** The table of each trigger. */
  readonly triggers: ReadonlyMap<string, string>;
  readonly foreignKeys: readonly { readonly child: string; readonly parent: string }[];
}

/** A table that is rebuilt has another number, and an index that is built has a new one; a renamed one keeps its own. */
interface InnodbNumbers {
  readonly tables: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

const NUMBERS: Readonly<Record<MySqlVariant, { readonly tables: string; readonly indexes: string }>> = {
  mysql: { tables: 'innodb_tables', indexes: 'innodb_indexes' },
  mariadb: { tables: 'innodb_sys_tables', indexes: 'innodb_sys_indexes' },
};

export async function readTableStates(session: SqlSession, variant: MySqlVariant): Promise<TableStates> {
  const rows = await session.query<{ kind: string; name: string; of: string | null }>(
    `select 'table' as kind, table_name as name, null as \`of\` from information_schema.tables where table_schema = database()
      union all select distinct 'index', index_name, table_name from information_schema.statistics where table_schema = database()
      union all select 'trigger', trigger_name, event_object_table from information_schema.triggers where trigger_schema = database()
      union all select 'key', referenced_table_name, table_name from information_schema.referential_constraints
        where constraint_schema = database()`,
  );
  const of = (kind: string): readonly (readonly [string, string])[] =>
    rows.filter((row) => row.kind === kind).map((row) => [row.name, row.of ?? '']);
  const indexes = new Map<string, Set<string>>();
  for (const [index, table] of of('index')) indexes.set(table, (indexes.get(table) ?? new Set()).add(index));
  return {
    tables: new Set(of('table').map(([name]) => name)),
    indexes,
    numbers: await numbersOf(session, variant),
    triggers: new Map(of('trigger')),
    foreignKeys: of('key').map(([parent, child]) => ({ child, parent })),
  };
}

async function numbersOf(session: SqlSession, variant: MySqlVariant): Promise<TableStates['numbers']> {
  const { tables, indexes } = NUMBERS[variant];
  const query = `select t.table_id as \`table\`, i.index_id as \`index\` from information_schema.${tables} t
    left join information_schema.${indexes} i on i.table_id = t.table_id
    where left(t.name, char_length(database()) + 1) = concat(database(), '/')`;
  try {
    const rows = await session.query<{ table: unknown; index: unknown }>(query);
    return {
      tables: new Set(rows.map(({ table }) => String(table))),
      indexes: new Set(rows.map(({ index }) => String(index))),
    };
  } catch {
    // it takes the privilege `process`
    return undefined;
  }
}

/** Whether a table was rebuilt; `undefined` where that is not known. */
export function isRebuilt({ numbers: before }: TableStates, { numbers: after }: TableStates): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  const isGone = [...before.tables].some((id) => !after.tables.has(id));
  return isGone && [...after.tables].some((id) => !before.tables.has(id));
}

/** The indexes of a table that were built beside those that it had. */
export function builtIndexes(table: string, before: TableStates, after: TableStates): readonly string[] {
  const had = before.numbers?.indexes;
  // without a new one all that are there under other names were renamed
  const isBuilt = had === undefined || [...(after.numbers?.indexes ?? [])].some((id) => !had.has(id));
  const names = [...(after.indexes.get(table) ?? [])];
  return isBuilt ? names.filter((name) => before.indexes.get(table)?.has(name) !== true) : [];
}

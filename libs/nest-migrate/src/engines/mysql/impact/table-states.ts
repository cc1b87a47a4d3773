import { type SqlSession } from '../../session/sql-session.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';

/** The tables of the session's database at one moment. */
export interface TableStates {
  readonly tables: ReadonlySet<string>;
  /** `table.index` of each index. */
  readonly indexes: ReadonlyMap<string, ReadonlySet<string>>;
  /** The numbers of InnoDB's tables, which a rebuild changes; absent where the role may not see them. */
  readonly numbers: ReadonlySet<string> | undefined;
  /** The table of each trigger. */
  readonly triggers: ReadonlyMap<string, string>;
  readonly foreignKeys: readonly { readonly child: string; readonly parent: string }[];
}

const NUMBERS: Readonly<Record<MySqlVariant, string>> = {
  mysql: 'information_schema.innodb_tables',
  mariadb: 'information_schema.innodb_sys_tables',
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
  const query = `select table_id as id from ${NUMBERS[variant]} where left(name, char_length(database()) + 1) = concat(database(), '/')`;
  try {
    const rows = await session.query<{ id: number | string | bigint }>(query);
    return new Set(rows.map(({ id }) => String(id)));
  } catch {
    // it takes the privilege `process`
    return undefined;
  }
}

/** Whether a table was rebuilt under another number; `undefined` where that is not known. */
export function isRebuilt({ numbers: before }: TableStates, { numbers: after }: TableStates): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  return [...before].some((id) => !after.has(id)) && [...after].some((id) => !before.has(id));
}

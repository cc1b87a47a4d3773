import { type SqlSession } from '../session/sql-session.js';
import { type Sweep, type SweepScope } from '../sweep.js';
import { mysqlSql } from './lexical-rules.js';

const { quote, text } = mysqlSql;

interface ObjectRow {
  readonly kind: string;
  readonly name: string;
}

/** Views come first, so that none is left without its tables if the process dies. */
const OBJECTS = `select 1 as place, case table_type when 'VIEW' then 'view' when 'SEQUENCE' then 'sequence' else 'table' end as kind, table_name as name
    from information_schema.tables where table_schema = database()
  union all select 2, lower(routine_type), routine_name from information_schema.routines where routine_schema = database()
  union all select 3, 'event', event_name from information_schema.events where event_schema = database()
  order by place, kind = 'view' desc, kind, name`;

/** Whatever is in the session's database. */
export async function mysqlSweep(session: SqlSession, { owns, ownTables }: SweepScope): Promise<Sweep> {
  const found = await session.query<ObjectRow>(OBJECTS);
  const isTool = ({ name }: ObjectRow): boolean =>
    ownTables.some((own) => own.schema === undefined && own.name.toLowerCase() === name.toLowerCase());
  const kindOf = (kind: string): Parameters<SweepScope['owns']>[0] => {
    if (kind === 'table' || kind === 'view') return kind;
    return kind === 'function' || kind === 'procedure' ? 'routine' : 'other';
  };
  const owned = found.filter((row) => !isTool(row) && owns(kindOf(row.kind), { name: row.name }));
  const tools: string[] = [];
  for (const { schema, name } of ownTables) {
    const [row] = await session.query<{ present: number }>(
      `select count(*) as present from information_schema.tables
        where table_schema = ${schema === undefined ? 'database()' : text(schema)} and table_name = ${text(name)}`,
    );
    if (Number(row?.present) > 0) tools.push(quote(schema, name));
  }
  return {
    objects: owned.map(({ kind, name }) => `${kind} ${name}`),
    // without its row no command takes a database for whole that has lost a part of its tables
    statements: [
      ...tools.map((table) => `delete from ${table}`),
      ...owned.map(({ kind, name }) => `drop ${kind} if exists ${quote(name)}`),
    ],
  };
}

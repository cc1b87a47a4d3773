import { type SqlSession } from '../session/sql-session.js';
import { type Sweep, type SweepScope } from '../sweep.js';
import { sqliteSql } from './lexical-rules.js';

const { quote } = sqliteSql;

interface ObjectRow {
  readonly schema: string;
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual' | 'shadow';
}

/** Whatever is in the main file, and in those that the connection attaches. The table of a full text index has others, which go with it. */
const OBJECTS = `select schema, name, type from pragma_table_list
  where schema <> 'temp' and name not like 'sqlite\\_%' escape '\\' and type <> 'shadow'
  order by type = 'view' desc, type = 'virtual' desc, schema <> 'main', schema, name`;

export async function sqliteSweep(session: SqlSession, { owns, ownTables }: SweepScope): Promise<Sweep> {
  const found = await session.query<ObjectRow>(OBJECTS);
  const isTool = ({ schema, name }: ObjectRow): boolean =>
    ownTables.some((own) => own.name.toLowerCase() === name.toLowerCase() && (own.schema ?? 'main') === schema);
  const owned = found.filter(
    (row) =>
      !isTool(row) &&
      owns(row.type === 'view' ? 'view' : 'table', {
        name: row.name,
        ...(row.schema !== 'main' && { schema: row.schema }),
      }),
  );
  const kindOf = ({ type }: ObjectRow): string => (type === 'view' ? 'view' : 'table');
  return {
    objects: owned.map((row) => `${kindOf(row)} ${row.schema === 'main' ? '' : `${row.schema}.`}${row.name}`),
    statements: [
      ...found.filter(isTool).map(({ schema, name }) => `delete from ${quote(schema, name)}`),
      ...owned.map((row) => `drop ${kindOf(row)} if exists ${quote(row.schema, row.name)}`),
    ],
  };
}

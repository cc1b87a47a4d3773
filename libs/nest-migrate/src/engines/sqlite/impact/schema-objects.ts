import { type SqlSession } from '../../session/sql-session.js';

/** A row of `sqlite_schema`. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  /** The table that it is, or belongs to. */
  readonly table: string;
  /** The page at which its rows begin; 0 where it has none. */
  readonly root: number;
  readonly sql: string | null;
}

export async function readSchemaObjects(session: SqlSession): Promise<readonly SchemaObject[]> {
  return session.query<SchemaObject>(
    "select type, name, tbl_name as \"table\", rootpage as root, sql from main.sqlite_schema where tbl_name not like 'sqlite\\_%' escape '\\'",
  );
}

/** The tables and views of which something was created, changed or dropped. */
export function changedTables(before: readonly SchemaObject[], after: readonly SchemaObject[]): ReadonlySet<string> {
  const textOf = ({ type, name, sql }: SchemaObject): string => JSON.stringify([type, name, sql]);
  const [old, now] = [new Set(before.map(textOf)), new Set(after.map(textOf))];
  const changed = [
    ...before.filter((object) => !now.has(textOf(object))),
    ...after.filter((object) => !old.has(textOf(object))),
  ];
  return new Set(changed.map(({ table }) => table));
}

import { type ColumnChangeDefinition, type ColumnDefinition } from './column-definition.js';

/** A table, and those of its columns that an operation is about. */
export interface TouchedTable {
  /** The schema of the table. Absent: that of the connection. */
  readonly schema?: string;
  /** The name of the table, without its schema. */
  readonly table: string;
  /** The names of the columns. `'all'`: the table as a whole. Empty: none of its columns. */
  readonly columns: readonly string[] | 'all';
}

/** What an operation can be about. `enumValue`: one of the values of an enum. */
export type ObjectKind =
  | 'schema'
  | 'table'
  | 'partition'
  | 'column'
  | 'index'
  | 'primaryKey'
  | 'foreignKey'
  | 'unique'
  | 'check'
  | 'trigger'
  | 'policy'
  | 'view'
  | 'materializedView'
  | 'routine'
  | 'sequence'
  | 'enum'
  | 'enumValue';

/** What an operation tells of a column. */
export interface ToldColumn {
  /** The name of the column. */
  readonly name: string;
  /** What it is before, where the operation holds that. */
  readonly before?: ColumnDefinition;
  /** What it gets. Absent where it is dropped. */
  readonly given?: ColumnChangeDefinition;
}

/**
 * What an operation does to one object. Its definition says it, and all code that asks which objects an operation
 * creates, drops, renames or changes reads it there.
 */
export interface ObjectChange {
  /** `uses`: it works on the rows, or beside the object, whose definition stays as it is. */
  readonly does: 'creates' | 'drops' | 'renames' | 'alters' | 'uses';
  /** What kind of object it is. */
  readonly object: ObjectKind;
  /** The name of the object before the operation. Absent where the operation leaves it to the engine. */
  readonly name?: string;
  /** The schema of the object. Absent: that of the connection. */
  readonly schema?: string;
  /** The table that the object is, or that it is a part of, before the operation. */
  readonly table?: string;
  /** The columns of the table that it is about. */
  readonly columns?: TouchedTable['columns'];
  /** What is called so afterwards, where the operation renames it. */
  readonly after?: { readonly name: string; readonly schema?: string };
  /** What it tells of the columns that it creates, alters or drops. */
  readonly definitions?: readonly ToldColumn[];
  /** What the foreign keys refer to that it creates or drops. */
  readonly references?: readonly TouchedTable[];
}

/** Whether it is an index, on engines where a unique constraint is one. */
export function isIndex(object: ObjectKind): boolean {
  return object === 'index' || object === 'unique';
}

/** Whether it is an index or a constraint. */
export function isKey(object: ObjectKind): boolean {
  return KEYS.includes(object);
}

const KEYS: readonly ObjectKind[] = ['index', 'primaryKey', 'foreignKey', 'unique', 'check'];

/** The use of a column that the operation names itself, with its own schema. */
export function columnUse({
  schema,
  table,
  column,
}: Omit<TouchedTable, 'columns'> & { readonly column: string }): ObjectChange {
  return { does: 'uses', object: 'column', name: column, schema, table, columns: [column] };
}

/** Whether an operation leaves everything as it is where the object is there already, or is not there. */
export function isConditional(operation: object): boolean {
  const { ifExists, ifNotExists } = operation as { readonly ifExists?: boolean; readonly ifNotExists?: boolean };
  return ifExists === true || ifNotExists === true;
}

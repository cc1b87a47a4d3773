import { type Operation } from './all.js';
import { type AnyOperation } from './registered-operations.js';

/** An operation that gives a table or a column another name. */
export type Renaming = Extract<Operation, { readonly kind: 'renameTable' | 'renameColumn' }>;

/** Whether an operation is one. */
export function isRenaming(operation: Operation): operation is Renaming {
  return operation.kind === 'renameTable' || operation.kind === 'renameColumn';
}

type Data = Readonly<Record<string, unknown>>;

/**
 * An operation about a table or a column that got another name before it. SQL in it, such as the expression of a check, is
 * left as it is.
 */
export function underNewName<O extends AnyOperation>(operation: O, renaming: Renaming): O {
  return renaming.kind === 'renameTable'
    ? (tableRenamed(operation, renaming) as O)
    : (columnRenamed(operation as unknown as Data, renaming) as unknown as O);
}

/** Goes over all that names a table: the operation, its foreign keys, the columns that it lists. */
function tableRenamed(value: unknown, renaming: Extract<Renaming, { readonly kind: 'renameTable' }>): unknown {
  if (Array.isArray(value)) return value.map((item) => tableRenamed(item, renaming));
  if (typeof value !== 'object' || value === null) return value;
  const { from, to, schema, toSchema = schema } = renaming;
  const data = Object.fromEntries(
    Object.entries(value as Data).map(([key, part]) => [key, tableRenamed(part, renaming)]),
  );
  const replace = (name: string, place: string): void => {
    if (data[name] !== from || (data[place] ?? undefined) !== schema) return;
    data[name] = to;
    if (toSchema == null) delete data[place];
    else data[place] = toSchema;
  };
  replace('table', 'schema');
  replace('referencedTable', 'referencedSchema');
  if (data['kind'] === 'renameTable') replace('from', 'schema');
  return data;
}

/** The parts of an operation that list columns of its own table. */
const KEYS = ['primaryKey', 'unique', 'foreignKey'] as const;

function columnRenamed(operation: Data, renaming: Extract<Renaming, { readonly kind: 'renameColumn' }>): Data {
  const { table, schema, from, to } = renaming;
  const renamed = (name: unknown): unknown => (name === from ? to : name);
  const each = (names: unknown): unknown => (Array.isArray(names) ? names.map(renamed) : names);
  const isIt = (data: Data, name = 'table', place = 'schema'): boolean =>
    data[name] === table && (data[place] ?? undefined) === schema;
  const referring = (key: unknown): unknown => {
    const data = key as Data;
    return isIt(data, 'referencedTable', 'referencedSchema')
      ? { ...data, referencedColumns: each(data['referencedColumns']) }
      : key;
  };
  const changed: Record<string, unknown> = { ...operation };
  const { kind } = operation;
  if (isIt(operation) && kind !== 'createTable') {
    for (const key of ['column', 'copy', 'after']) if (key in operation) changed[key] = renamed(operation[key]);
    if (kind === 'renameColumn') changed['from'] = renamed(operation['from']);
    for (const key of KEYS) {
      const part = operation[key] as Data | undefined;
      if (part !== undefined) changed[key] = { ...part, columns: each(part['columns']) };
    }
    const index = operation['index'] as Data | undefined;
    if (index !== undefined) {
      const include = 'include' in index ? { include: each(index['include']) } : {};
      changed['index'] = { ...index, columns: (index['columns'] as Data[]).map(named), ...include };
    }
  }
  if (changed['foreignKey'] !== undefined) changed['foreignKey'] = referring(changed['foreignKey']);
  if (Array.isArray(operation['foreignKeys'])) changed['foreignKeys'] = operation['foreignKeys'].map(referring);
  if (Array.isArray(operation['columns']) && kind !== 'createTable') {
    changed['columns'] = operation['columns'].map((place: unknown) =>
      typeof place === 'object' && place !== null && isIt(place as Data)
        ? { ...place, column: renamed((place as Data)['column']) }
        : place,
    );
  }
  return changed;

  function named(column: Data): Data {
    return { ...column, name: renamed(column['name']) };
  }
}

import { type MeasuredStatement } from '../engines/impact/impact.js';
import { objectChanges } from '../operations/all.js';
import { isConditional, type ObjectChange } from '../operations/object-change.js';
import { type InSchema } from '../operations/operation.js';

/** A table by its name. */
export interface TableName extends InSchema {
  readonly table: string;
}

/** Something that statements rename, one after the other, with the number of the statement. */
type Changes<T> = Map<string, { readonly statement: number; readonly before: T }[]>;

/** Which tables and columns a run creates, and what those that were there are called before it. */
export class RunNames {
  /** The name in the live database of each table that has got another name; `null` for a table of the run. */
  readonly #tables: Changes<TableName | null> = new Map();
  /** The same for columns. */
  readonly #columns: Changes<string | null> = new Map();

  /**
   * @param statements In their order. They are asked about by their numbers.
   * @param home The connection's own schema, whose tables are named without it.
   */
  constructor(
    statements: readonly Pick<MeasuredStatement, 'operations' | 'sql'>[],
    private readonly home: string | undefined,
  ) {
    for (const [number, statement] of statements.entries()) this.#add(statement, number);
  }

  #add({ operations, sql }: Pick<MeasuredStatement, 'operations' | 'sql'>, number: number): void {
    for (const operation of operations) {
      const created = operation.kind === 'execute' ? createdBy(sql) : undefined;
      if (created !== undefined) note(this.#tables, this.#key(created), { statement: number, before: null });
      // what is there already is left as it is
      for (const change of isConditional(operation) ? [] : objectChanges(operation)) this.#change(change, number);
    }
  }

  #change({ does, object, schema, table = '', name = '', after }: ObjectChange, statement: number): void {
    if (does !== 'creates' && does !== 'renames') return;
    const isRename = after !== undefined;
    const { name: to, schema: toSchema } = after ?? { name, schema };
    if (object === 'table' || object === 'partition' || object === 'materializedView') {
      const before = isRename ? this.tableBefore({ schema, table: name }, statement) : null;
      note(this.#tables, this.#key({ schema: toSchema, table: to }), { statement, before });
    } else if (object === 'column') {
      const before = isRename ? this.columnBefore({ schema, table }, name, statement) : null;
      note(this.#columns, this.#key({ schema, table }, to), { statement, before });
    }
  }

  /** What a table is called in the live database, as a statement finds it; `null` where the run has created it. */
  tableBefore(table: TableName, statement: number): TableName | null {
    const known = lastBefore(this.#tables.get(this.#key(table)), statement);
    return known === undefined ? table : known.before;
  }

  /** The same for a column; `null` as well where the run has created its table. */
  columnBefore(table: TableName, column: string, statement: number): string | null {
    if (this.tableBefore(table, statement) === null) return null;
    const known = lastBefore(this.#columns.get(this.#key(table, column)), statement);
    return known === undefined ? column : known.before;
  }

  #key({ schema, table }: TableName, column?: string): string {
    return JSON.stringify([schema === this.home ? null : (schema ?? null), table, column ?? null]);
  }
}

function note<T>(changes: Changes<T>, key: string, change: { readonly statement: number; readonly before: T }): void {
  const known = changes.get(key);
  if (known === undefined) changes.set(key, [change]);
  else known.push(change);
}

function lastBefore<T>(
  changes: readonly { readonly statement: number; readonly before: T }[] | undefined,
  statement: number,
): { readonly before: T } | undefined {
  return changes?.findLast((change) => change.statement < statement);
}

/** The table that an SQL text of a revision creates. */
function createdBy(sql: string): TableName | undefined {
  const name = '(?:"([^"]+)"|`([^`]+)`|([\\w$]+))';
  const pattern = `^\\s*create\\s+(?:temporary\\s+|temp\\s+|unlogged\\s+)?table\\s+(?:${name}\\s*\\.\\s*)?${name}(?!\\s*\\.)`;
  const [, a, b, c, d, e, f] = new RegExp(pattern, 'i').exec(sql) ?? [];
  const table = d ?? e ?? f;
  const schema = a ?? b ?? c;
  if (table === undefined || /^if$/i.test(table)) return undefined;
  return { table, ...(schema !== undefined && { schema }) };
}

import { type Operation, type OperationOf } from '../operations/operation.js';
import { type Engine } from '../engines/engine.js';
import { displayName, keyOf, type QualifiedName } from '../schema/schema-model.js';
import { placeBefore } from './operation-plan.js';

type RuleOperation = OperationOf<
  'createUniqueConstraint' | 'createIndex' | 'createPrimaryKey' | 'createCheckConstraint' | 'createForeignKey'
>;

/** A rule that an operation requires of existing rows. */
export interface RuleOnRows {
  /** The table under its name before the upgrade. */
  readonly table: QualifiedName;
  /** Such as `makes book.isbn unique`. */
  readonly what: string;
  /** Follows "fails": `where two rows have the same value`. */
  readonly where: string;
  /** Follows "has": `rows with the same value`. */
  readonly broken: string;
  /**
   * Returns a row where one of the first rows breaks the rule. Absent where that cannot be queried before the upgrade.
   */
  readonly query?: string;
}

/** The number of rows that are checked: enough to find common problems, and fast on a table of any size. */
const SAMPLE = 10_000;

/**
 * The keys, checks and foreign keys that are added to existing columns. Those of new tables and new columns are left
 * out, and so are those that are only created again unchanged.
 */
export class RulesOnRows {
  readonly #made: ReadonlySet<string>;
  readonly #added: readonly OperationOf<'addColumn'>[];

  constructor(
    private readonly engine: Engine,
    private readonly operations: readonly Operation[],
  ) {
    const made = operations.flatMap((operation) =>
      operation.kind === 'createTable' ? keyOf({ name: operation.table, schema: operation.schema }) : [],
    );
    this.#made = new Set(made);
    this.#added = operations.filter((operation) => operation.kind === 'addColumn');
  }

  /**
   * The rule of the operation; `undefined` where no row can break it, or where a warning about its column covers it.
   */
  of(operation: Operation): RuleOnRows | undefined {
    switch (operation.kind) {
      case 'createUniqueConstraint':
        return this.#key(operation, { ...operation.unique, columns: operation.unique.columns });
      case 'createIndex': {
        const { unique, columns, where, name } = operation.index;
        if (unique !== true) return undefined;
        const isWhole = columns.every(({ length }) => length === undefined);
        return this.#key(operation, { name, where, isWhole, columns: columns.map((column) => column.name) });
      }
      case 'createPrimaryKey':
        return this.#key(operation, operation.primaryKey);
      case 'createCheckConstraint':
        return this.#check(operation);
      case 'createForeignKey':
        return this.#foreignKey(operation);
      default:
        return undefined;
    }
  }

  #key(
    operation: RuleOperation,
    key: {
      readonly name?: string;
      readonly columns: readonly string[];
      readonly where?: string;
      readonly isWhole?: boolean;
    },
  ): RuleOnRows | undefined {
    const { columns, where, isWhole = true } = key;
    if (this.#isNew(operation, columns) || this.#hadKey(operation, columns, where)) return undefined;
    const table = nameOf(operation);
    const list = columns.join(', ');
    const isPrimary = operation.kind === 'createPrimaryKey';
    const what = isPrimary
      ? `makes ${list} the primary key of ${table}`
      : columns.length === 1
        ? `makes ${table}.${list} unique`
        : `makes ${columns.length === 0 ? `the index ${key.name} of ${table}` : `${list} of ${table}`} unique`;
    const value = columns.length === 1 ? 'value' : 'values';
    const names = this.#namesBefore(operation, columns);
    const isAsked = columns.length > 0 && isWhole && (where === undefined || !this.#renames(operation));
    const condition = where === undefined ? '' : ` where ${where}`;
    const keys = names.join(', ');
    const held = names.map((name) => `${name} is not null`).join(' and ');
    const query =
      `select 1 from (select ${keys} from ${this.#tableBefore(operation)}${condition} limit ${SAMPLE}) as looked_at ` +
      `where ${held} group by ${keys} having count(*) > 1`;
    return {
      table: this.#placeBefore(operation),
      what,
      where: `where two rows have the same ${value}${isPrimary ? ', or one has none' : ''}`,
      broken: `rows with the same ${value}`,
      ...(isAsked && { query }),
    };
  }

  #check(operation: OperationOf<'createCheckConstraint'>): RuleOnRows | undefined {
    const { name, expression } = operation.check;
    const isNew = this.#added.some(
      (added) => isOfTable(added, operation) && this.engine.sql.mentions(expression, added.column.name),
    );
    if (this.#isMade(operation) || isNew || this.#hadCheck(operation)) return undefined;
    const isPlain = !/^\s*exclude\b/i.test(expression) && !this.#renames(operation);
    const own = this.engine.sql.quote(operation.table);
    const query = `select 1 from (select * from ${this.#tableBefore(operation)} limit ${SAMPLE}) as ${own} where not (${expression})`;
    return {
      table: this.#placeBefore(operation),
      what: `adds the check ${name ?? expression} to ${nameOf(operation)}`,
      where: 'where a row does not satisfy it',
      broken: 'rows that do not satisfy it',
      ...(isPlain && { query }),
    };
  }

  #foreignKey(operation: OperationOf<'createForeignKey'>): RuleOnRows | undefined {
    const { columns, referencedTable: name, referencedSchema: schema, referencedColumns } = operation.foreignKey;
    const target = { table: name, schema };
    // what it refers to is computed again
    const isMoved = this.#isAdded(target, referencedColumns);
    if (this.#isNew(operation, columns) || (this.#hadForeignKey(operation) && !isMoved)) return undefined;
    const names = this.#namesBefore(operation, columns);
    const keys = this.#namesBefore(target, referencedColumns);
    const pairs = names.map((own, index) => `referred_to.${keys[index]} = looked_at.${own}`);
    const query =
      `select 1 from (select ${names.join(', ')} from ${this.#tableBefore(operation)} limit ${SAMPLE}) as looked_at ` +
      `where ${names.map((own) => `${own} is not null`).join(' and ')} and not exists ` +
      `(select 1 from ${this.#tableBefore(target)} as referred_to where ${pairs.join(' and ')})`;
    const of =
      columns.length === 1 ? `${nameOf(operation)}.${columns.join()}` : `${nameOf(operation)} (${columns.join(', ')})`;
    return {
      table: this.#placeBefore(operation),
      what: `adds a foreign key from ${of} to ${displayName({ name, schema })}`,
      where: 'where a row refers to nothing',
      broken: 'rows that refer to nothing',
      ...(!this.#isMade(target) && !isMoved && { query }),
    };
  }

  /** Whether a column of a key is added by this difference. The warning about the column then covers the key. */
  #isNew(operation: RuleOperation, columns: readonly string[]): boolean {
    return this.#isMade(operation) || this.#isAdded(operation, columns);
  }

  #isAdded(table: Placed, columns: readonly string[]): boolean {
    return this.#added.some(({ column, ...added }) => isOfTable(added, table) && columns.includes(column.name));
  }

  #isMade({ table: name, schema }: Placed): boolean {
    return this.#made.has(keyOf({ name, schema }));
  }

  /** Whether the difference drops a key that already guaranteed this, on the same columns or fewer. */
  #hadKey(operation: RuleOperation, columns: readonly string[], where: string | undefined): boolean {
    const covers = (list: readonly string[], condition?: string): boolean =>
      list.length > 0 &&
      list.every((column) => columns.includes(column)) &&
      (condition === undefined || (where !== undefined && this.engine.sql.sameText(condition, where)));
    return this.operations.some((dropped) => {
      if (!('table' in dropped) || !isOfTable(dropped, operation)) return false;
      if (dropped.kind === 'dropIndex') {
        const { unique, columns: list = [], where: condition } = dropped.previous ?? {};
        return (
          unique === true &&
          covers(
            list.map(({ name }) => name),
            condition,
          )
        );
      }
      if (dropped.kind !== 'dropConstraint') return false;
      const { previous } = dropped;
      if (previous?.type === 'unique') return operation.kind !== 'createPrimaryKey' && covers(previous.unique.columns);
      return previous?.type === 'primaryKey' && covers(previous.primaryKey.columns);
    });
  }

  #hadCheck(operation: OperationOf<'createCheckConstraint'>): boolean {
    return this.operations.some((dropped) => {
      if (dropped.kind !== 'dropConstraint' || dropped.previous?.type !== 'check') return false;
      if (!isOfTable(dropped, operation)) return false;
      const before = this.#columnRenames(operation).reduce(
        (sql, { from, to }) => sql.replaceAll(new RegExp(`(?<![\\w$])${escaped(from)}(?![\\w$])`, 'g'), () => to),
        dropped.previous.check.expression,
      );
      return this.engine.sql.sameText(before, operation.check.expression);
    });
  }

  #hadForeignKey({ foreignKey, ...operation }: OperationOf<'createForeignKey'>): boolean {
    const parts = (key: typeof foreignKey): string =>
      JSON.stringify([key.columns, key.referencedSchema ?? null, key.referencedTable, key.referencedColumns]);
    return this.operations.some(
      (dropped) =>
        dropped.kind === 'dropConstraint' &&
        dropped.previous?.type === 'foreignKey' &&
        isOfTable(dropped, operation) &&
        parts(dropped.previous.foreignKey) === parts(foreignKey),
    );
  }

  #columnRenames(operation: Placed): readonly OperationOf<'renameColumn'>[] {
    return this.operations
      .filter((other) => other.kind === 'renameColumn')
      .filter((other) => isOfTable(other, operation));
  }

  #renames(operation: Placed): boolean {
    return this.#columnRenames(operation).length > 0;
  }

  /** Columns under their names before the upgrade, quoted. */
  #namesBefore(operation: Placed, columns: readonly string[]): readonly string[] {
    const renames = this.#columnRenames(operation);
    return columns
      .map((column) => renames.find(({ to }) => to === column)?.from ?? column)
      .map((column) => this.engine.sql.quote(column));
  }

  #placeBefore({ table: name, schema }: Placed): QualifiedName {
    return placeBefore(this.operations, { name, ...(schema !== undefined && { schema }) });
  }

  #tableBefore(operation: Placed): string {
    return quotedTable(this.engine, this.#placeBefore(operation));
  }
}

interface Placed {
  readonly table: string;
  readonly schema?: string;
}

/**
 * The quoted name of a table for a query of this comparison. It includes the schema where the name alone could mean
 * another table.
 */
export function quotedTable(
  { home, sql }: Pick<Engine, 'home' | 'sql'>,
  { schema = home, name }: QualifiedName,
): string {
  return sql.quote(schema, name);
}

function isOfTable(one: Placed, other: Placed): boolean {
  return one.table === other.table && one.schema === other.schema;
}

function nameOf({ table: name, schema }: Placed): string {
  return displayName({ name, schema });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

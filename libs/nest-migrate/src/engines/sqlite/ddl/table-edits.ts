import { sqliteSql } from '../lexical-rules.js';
import { InvalidOperationError } from '../../../errors/operation.errors.js';
import { changedColumn } from '../../../operations/column-change.js';
import {
  type AddColumnOperation,
  type AlterColumnOperation,
  type ColumnDefinition,
  type DropConstraintOperation,
} from '../../../operations/operation.js';
import { type TableAlteration } from '../../../operations/all.js';
import { enumCheck, enumCheckName } from '../../ddl/enum-check.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { columnSource, defaultClause, inOrder, withItems } from './column-source.js';
import { renamedIndex } from './index-text.js';
import { type PartSource, type WholeTable } from './live-table.js';
import { type RebuiltTable } from './rebuild.js';
import { type ColumnClause, type ColumnSource, type ConstraintSource, parseTable } from './table-source.js';
import { enumItems } from '../enum-items.js';
import { sameName } from '../tokens.js';

/** Applies a list of operations to the description of a table. Executes nothing itself. */
export class TableEdits {
  #columns: ColumnSource[];
  #constraints: ConstraintSource[];
  #options: string;
  #indexes: PartSource[];
  readonly #values = new Map<string, string>();

  constructor(
    private readonly ddl: SchemaHelperDdl,
    private readonly at: TableRef,
    private readonly table: WholeTable,
  ) {
    this.#columns = [...table.source.columns];
    this.#constraints = [...table.source.constraints];
    this.#options = table.source.options;
    this.#indexes = [...table.indexes];
    for (const column of this.#columns) this.#values.set(column.name, quoteIdentifier(column.name, '`'));
  }

  get result(): RebuiltTable {
    return {
      source: {
        name: this.at.table,
        columns: this.#columns,
        constraints: this.#constraints,
        options: this.#options,
      },
      indexes: this.#indexes,
      triggers: this.table.triggers,
      values: this.#values,
    };
  }

  /** @param isRebuilt Whether a column that is dropped is added again later in the list. */
  apply(operation: TableAlteration, isRebuilt = false): void {
    const { ddl, at } = this;
    switch (operation.kind) {
      case 'alterTableComment':
        return;
      case 'addColumn':
        return this.#addColumn(operation);
      case 'dropColumn':
        return this.#dropColumn(operation.column, { ifExists: operation.ifExists === true, isRebuilt });
      case 'alterColumn':
        return this.#alterColumn(operation);
      case 'renameColumn':
        return this.#renameColumn(operation.from, operation.to);
      case 'createIndex':
        return this.#addIndex(ddl.createIndex(at, operation.index), operation.ifNotExists === true);
      case 'createUniqueConstraint':
        return this.#addIndex(ddl.createUnique(at, operation.unique), false);
      case 'dropIndex':
        return this.#dropIndex(operation.name, operation.ifExists === true);
      case 'renameIndex': {
        const index = this.#index(operation.from);
        const renamed = {
          name: operation.to,
          sql: renamedIndex(index.sql, ddl.quote(ddl.schemaOf(at.schema), operation.to)),
        };
        this.#indexes = this.#indexes.map((other) => (other === index ? renamed : other));
        return;
      }
      case 'createPrimaryKey':
        return this.#createPrimaryKey(operation.primaryKey.columns);
      case 'createForeignKey':
        return this.#addConstraint(ddl.createForeignKey(at, operation.foreignKey).sql);
      case 'createCheckConstraint':
        return this.#addConstraint(ddl.createCheck(at, operation.check).sql);
      case 'dropConstraint':
        return this.#dropConstraint(operation);
    }
  }

  #addColumn({ column: definition, after, first, ifNotExists }: AddColumnOperation): void {
    const { name, primary, autoincrement } = definition;
    if (ifNotExists === true && this.#columns.some((other) => sameName(other.name, name))) return;
    const column = columnSource(this.ddl, this.at.table, { ...definition, primary: false, autoincrement: false });
    const place =
      first === true ? 0 : after === undefined ? this.#columns.length : this.#columns.indexOf(this.#column(after)) + 1;
    this.#columns.splice(place, 0, autoincrement === true ? { ...column, type: 'integer' } : column);
    if (primary === true) this.#createPrimaryKey([name]);
    if (autoincrement === true) this.#replace(name, (fresh) => this.#counting(fresh, fresh.clauses, 'starts'));
  }

  /** As on PostgreSQL, everything that uses the column is dropped with it, unless the column is rebuilt. */
  #dropColumn(
    name: string,
    { ifExists, isRebuilt }: { readonly ifExists: boolean; readonly isRebuilt: boolean },
  ): void {
    if (ifExists && !this.#columns.some((other) => sameName(other.name, name))) return;
    const column = this.#column(name);
    this.#columns = this.#columns.filter((other) => other !== column);
    this.#values.delete(column.name);
    if (isRebuilt) return;
    this.#indexes = this.#indexes.filter(({ sql }) => !sqliteSql.mentions(keyParts(sql), name));
    this.#constraints = this.#constraints.filter((constraint) =>
      constraint.kind === 'check'
        ? !sqliteSql.mentions(constraint.text, name)
        : !constraint.columns.some((c) => sameName(c, name)),
    );
  }

  #renameColumn(from: string, to: string): void {
    const column = this.#column(from);
    const value = this.#values.get(column.name);
    this.#values.delete(column.name);
    if (value !== undefined) this.#values.set(to, value);
    this.#columns = this.#columns.map((other) => (other === column ? { ...other, name: to } : other));
  }

  #alterColumn({ column: name, change, existing }: AlterColumnOperation): void {
    const { ddl } = this;
    const column = this.#column(name);
    const after = changedColumn(existing ?? {}, change);
    let { type, clauses } = column;
    const without = (...kinds: readonly ColumnClause['kind'][]): readonly ColumnClause[] =>
      clauses.filter(({ kind }) => !kinds.includes(kind));
    if (typeKeys.some((key) => change[key] !== undefined)) type = this.#type(name, after) ?? type;
    if (change.nullable !== undefined) {
      const kind = change.nullable === true ? 'null' : 'notNull';
      const text = change.nullable === true ? 'null' : 'not null';
      clauses = [...without('null', 'notNull'), { kind, text }];
    }
    if (change.default !== undefined || change.defaultRaw !== undefined) {
      const sql = ddl.defaultSql(after);
      clauses = without('default');
      if (sql !== undefined)
        clauses = [...clauses, { kind: 'default', text: `default ${defaultClause(sql)}`, value: sql }];
    }
    if (change.collation !== undefined) {
      clauses = without('collate');
      if (change.collation !== null) {
        const text = `collate ${quoteIdentifier(change.collation, '`')}`;
        clauses = [...clauses, { kind: 'collate', text, value: change.collation }];
      }
    }
    if (change.generated !== undefined) {
      clauses = without('generated');
      if (change.generated !== null) {
        const text = `generated always as ${sqliteSql.generatedClause(change.generated)}`;
        clauses = [{ kind: 'generated', text }, ...without('generated', 'notNull', 'default')];
      }
    }
    if (change.autoincrement !== undefined) {
      clauses = this.#counting(column, clauses, change.autoincrement === true ? 'starts' : 'stops');
    }
    const altered = { ...column, type };
    this.#columns = this.#columns.map((other) => (other === column ? altered : other));
    this.#replace(name, () => inOrder(clauses));
    if (change.using !== undefined) this.#values.set(column.name, change.using);
    if (['items', 'type', 'columnType'].some((key) => change[key as 'items'] !== undefined))
      this.#enumCheck(name, existing, after);
  }

  /** Changes the clauses of one column. */
  #replace(name: string, clausesOf: (column: ColumnSource) => readonly ColumnClause[]): void {
    this.#columns = this.#columns.map((column) =>
      sameName(column.name, name) ? { ...column, clauses: clausesOf(column) } : column,
    );
  }

  #counting(
    column: ColumnSource,
    clauses: readonly ColumnClause[],
    counting: 'starts' | 'stops',
  ): readonly ColumnClause[] {
    if (counting === 'stops') {
      return clauses.map((clause) =>
        clause.kind === 'primaryKey' ? { ...clause, text: clause.text.replace(/\s+autoincrement$/i, '') } : clause,
      );
    }
    const key = this.#constraints.find(({ kind }) => kind === 'primaryKey');
    if (key?.columns.length === 1 && sameName(key.columns[0] ?? '', column.name)) {
      this.#constraints = this.#constraints.filter((constraint) => constraint !== key);
      return [...clauses, { kind: 'primaryKey', text: 'primary key autoincrement' }];
    }
    if (!clauses.some(({ kind }) => kind === 'primaryKey')) {
      const problem = `column '${column.name}' of table '${this.at.table}' counts up and is not the primary key.`;
      throw new InvalidOperationError('alterColumn', problem, 'Make it the primary key before.');
    }
    return clauses.map((clause) =>
      clause.kind === 'primaryKey' && !/\bautoincrement$/i.test(clause.text)
        ? { ...clause, text: `${clause.text} autoincrement` }
        : clause,
    );
  }

  /**
   * Replaces the check that stands for the items of a column. The old one may have the usual name or none, which a check
   * of the property may have as well: that one stays.
   */
  #enumCheck(name: string, existing: ColumnDefinition | undefined, after: ColumnDefinition): void {
    const { ddl, at } = this;
    if (existing !== undefined && existing.items === undefined && after.items === undefined) return;
    const checkName = enumCheckName(ddl, at.table, { ...existing, name });
    const lists = (value = ''): boolean => enumItems(value, name) !== undefined;
    this.#constraints = this.#constraints.filter(
      (check) => check.kind !== 'check' || check.name !== checkName || !lists(check.value),
    );
    const isUnnamed = (clause: ColumnClause): boolean =>
      clause.kind === 'check' && (clause.name ?? checkName) === checkName && lists(clause.value);
    this.#columns = this.#columns.map((column) =>
      sameName(column.name, name)
        ? { ...column, clauses: column.clauses.filter((clause) => !isUnnamed(clause)) }
        : column,
    );
    const check = enumCheck(ddl, at.table, { name, ...after });
    if (check === undefined) return;
    this.#columns = this.#columns.map((column) =>
      sameName(column.name, name) ? withItems(column, check.expression) : column,
    );
  }

  #createPrimaryKey(names: readonly string[]): void {
    const [only] = names;
    if (this.#columns.some(({ clauses }) => clauses.some(({ kind }) => kind === 'primaryKey'))) {
      throw new InvalidOperationError(
        'createPrimaryKey',
        `table '${this.at.table}' has a primary key.`,
        'Drop it before.',
      );
    }
    const column = names.length === 1 ? this.#column(only ?? '') : undefined;
    if (column === undefined) {
      const list = names.map((name) => quoteIdentifier(this.#column(name).name, '`')).join(', ');
      this.#constraints.unshift({ kind: 'primaryKey', text: `primary key (${list})`, columns: names });
      return;
    }
    const counts = column.clauses.some(({ kind }) => kind === 'primaryKey');
    const key: ColumnClause = { kind: 'primaryKey', text: 'primary key' };
    this.#columns = this.#columns.map((other) =>
      other === column && !counts ? { ...column, clauses: inOrder([...column.clauses, key]) } : other,
    );
  }

  #dropConstraint({ type, name, ifExists }: DropConstraintOperation): void {
    const { ddl, at } = this;
    if (type === 'primaryKey') {
      const keyless = (column: ColumnSource): ColumnSource => ({
        ...column,
        clauses: column.clauses.filter(({ kind }) => kind !== 'primaryKey'),
      });
      this.#columns = this.#columns.map(keyless);
      this.#constraints = this.#constraints.filter(({ kind }) => kind !== 'primaryKey');
      return;
    }
    if (type === 'unique' && this.#indexes.some((index) => sameName(index.name, name)))
      return this.#dropIndex(name, false);
    const clauseKind = type === 'foreignKey' ? 'references' : type;
    const made = type === 'foreignKey' ? 'foreign' : type;
    const nameOfClause = (column: ColumnSource, clause: ColumnClause): string =>
      clause.name ?? ddl.indexName(at.table, [column.name], made);
    const constraint =
      this.#constraints.find((c) => c.kind === type && c.name === name) ??
      this.#constraints.find(
        (c) => c.kind === type && c.name === undefined && ddl.indexName(at.table, c.columns, made) === name,
      );
    if (constraint !== undefined) {
      this.#constraints = this.#constraints.filter((other) => other !== constraint);
      return;
    }
    let found = false;
    this.#columns = this.#columns.map((column) => ({
      ...column,
      clauses: column.clauses.filter((clause) => {
        const isIt = clause.kind === clauseKind && nameOfClause(column, clause) === name;
        found ||= isIt;
        return !isIt;
      }),
    }));
    if (!found && ifExists !== true)
      throw missing('dropConstraint', `constraint '${name}' (${type})`, at, this.#constraintNames());
  }

  #constraintNames(): readonly string[] {
    return this.#constraints.flatMap(({ name }) => name ?? []);
  }

  /** Does what `alter table … add constraint …` would, in the description of the table. */
  #addConstraint(sql: string): void {
    const { constraints } = parseTable(
      `create table t (${sql.slice(`alter table ${this.ddl.qualified(this.at)} add `.length)})`,
    )!;
    this.#constraints.push(...constraints);
  }

  #addIndex({ name, sql }: { readonly name: string; readonly sql: string }, unlessExists: boolean): void {
    if (this.#indexes.some((index) => sameName(index.name, name))) {
      if (unlessExists) return;
      throw new InvalidOperationError('createIndex', `table '${this.at.table}' has an index '${name}'.`);
    }
    this.#indexes.push({ name, sql });
  }

  #dropIndex(name: string, ifExists: boolean): void {
    if (ifExists && !this.#indexes.some((index) => sameName(index.name, name))) return;
    const index = this.#index(name);
    this.#indexes = this.#indexes.filter((other) => other !== index);
  }

  #index(name: string): PartSource {
    const index = this.#indexes.find((other) => sameName(other.name, name));
    if (index === undefined) {
      throw missing(
        'dropIndex',
        `index '${name}'`,
        this.at,
        this.#indexes.map((other) => other.name),
      );
    }
    return index;
  }

  #column(name: string): ColumnSource {
    const column = this.#columns.find((other) => sameName(other.name, name));
    if (column === undefined) {
      throw missing(
        'alterColumn',
        `column '${name}'`,
        this.at,
        this.#columns.map((other) => other.name),
      );
    }
    return column;
  }

  #type(name: string, after: ColumnDefinition): string | undefined {
    if (after.type !== undefined || after.columnType !== undefined) return this.ddl.columnType(after);
    // a length has no effect in SQLite
    if (after.precision === undefined && after.scale === undefined) return undefined;
    const problem = `column '${name}' of table '${this.at.table}' changes its type, which is not named.`;
    throw new InvalidOperationError(
      'alterColumn',
      problem,
      "Give 'type' or 'columnType', or the column as 'existing'.",
    );
  }
}

const typeKeys = ['type', 'columnType', 'length', 'precision', 'scale', 'autoincrement'] as const;

/** The key parts of an index, without the names of index and table. */
function keyParts(sql: string): string {
  return sql.slice(sql.indexOf('('));
}

function missing(
  operation: string,
  what: string,
  { table }: TableRef,
  present: readonly string[],
): InvalidOperationError {
  const there = present.length === 0 ? 'It has none.' : `It has ${present.map((name) => `'${name}'`).join(', ')}.`;
  return new InvalidOperationError(operation, `table '${table}' has no ${what}.`, there);
}

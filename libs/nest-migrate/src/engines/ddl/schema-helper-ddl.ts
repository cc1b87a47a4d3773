import {
  type AbstractSqlPlatform,
  type Column,
  type Configuration,
  DatabaseTable,
  type IndexDef,
  type SchemaHelper,
  type TableDifference,
} from '@mikro-orm/sql';
import { isStatement } from '../../operations/index-definition.js';
import {
  type CheckDefinition,
  type ColumnDefinition,
  type CreateTableOperation,
  type ForeignKeyDefinition,
  type IndexDefinition,
  type InSchema,
  type NamedColumnDefinition,
  type Postcondition,
  type PrimaryKeyDefinition,
  type UniqueDefinition,
} from '../../operations/operation.js';
import { type ColumnRules, columnType, defaultSql, mappedColumn } from './column-mapping.js';
import { keptName } from '../sql/kept-name.js';
import { plainLiteral, writingTexts, quoteQualified } from '../sql/quoting.js';
import { sealed, unsealed } from '../sql/sealed-name.js';

/** A table, by its schema and name. */
export interface TableRef extends InSchema {
  readonly table: string;
}

/** The kinds of objects that a naming strategy names. */
type NamedThing = 'index' | 'unique' | 'foreign' | 'check';

/** A part of a table that the catalogue lists under a name. */
type TablePart = { readonly column: string } | { readonly index: string } | { readonly constraint: string };

/** A statement for an object whose name it had to determine. */
export interface NamedSql {
  readonly name: string;
  readonly sql: string;
}

/** The differences between engines in the DDL that MikroORM writes. */
export interface DdlRules extends ColumnRules {
  readonly mark: '"' | '`';
  /** The key part of an index by expression. */
  readonly indexExpression: (expression: string) => string;
}

// takes the place of an expression where MikroORM's helper expects the name of a column
const expressionColumn = '\uFDD1';

/** MikroORM's helper, with comments escaped: the only texts that it writes for MySQL and MariaDB. */
function helperOf(platform: AbstractSqlPlatform): SchemaHelper {
  const helper = platform.getSchemaHelper()!;
  const writing = writingTexts(platform, plainLiteral);
  if (writing === platform) return helper;
  const Helper = helper.constructor as new (platform: AbstractSqlPlatform) => SchemaHelper;
  return new Helper(writing);
}

/**
 * MikroORM's DDL. Only this class calls its `SchemaHelper` and `DatabaseTable`, which are exported but internal. The
 * result is what `schema.create()` would run for the same entity, so that a comparison after a revision finds no
 * difference. What the helper gets wrong about names, literals and dots is corrected before and after the call.
 */
export class SchemaHelperDdl {
  readonly #helper: SchemaHelper;

  constructor(
    readonly platform: AbstractSqlPlatform,
    private readonly config: Configuration,
    private readonly rules: DdlRules,
  ) {
    this.#helper = helperOf(platform);
  }

  /** The parts of a name, each quoted, joined with dots. */
  quote(...names: readonly (string | undefined)[]): string {
    return quoteQualified(names, this.rules.mark);
  }

  /** A table's name, with its schema unless that is the one in which every connection looks first. */
  qualified({ schema, table }: TableRef): string {
    return this.quote(this.schemaOf(schema), table);
  }

  /** The schema to write; `undefined` for MikroORM's default schema. */
  schemaOf(schema: string | undefined): string | undefined {
    const actual = schema ?? this.config.get('schema');
    return actual === this.platform.getDefaultSchemaName() ? undefined : actual;
  }

  /** The postcondition that a table, or a part of it, exists in the schema that the statements use, or does not. */
  exists(at: TableRef, part: TablePart | null, present: boolean): Postcondition {
    const schema = this.schemaOf(at.schema);
    return { ...(schema === undefined ? {} : { schema }), table: at.table, ...part, exists: present };
  }

  /**
   * The name that MikroORM's naming strategy gives an object without a name. A dot in the table's name has no meaning
   * there.
   */
  indexName(table: string, columns: readonly string[], type: NamedThing): string {
    return keptName(this.platform, unsealed(this.platform.getIndexName(sealed(table), [...columns], type)));
  }

  columnType(column: ColumnDefinition): string {
    return columnType(this.platform, this.rules, column);
  }

  defaultSql(column: ColumnDefinition): string | undefined {
    return defaultSql(this.platform, column);
  }

  /** `create table` with its columns and primary key, then the comments where they are separate statements. */
  createTable(operation: CreateTableOperation): { readonly create: string; readonly comments: readonly string[] } {
    const table = this.#table(operation, operation.columns, primaryKeyOf(operation));
    table.comment = operation.comment;
    const [create, ...comments] = this.#helper.createTable(table, true).map((sql) => this.#finished(sql));
    return { create: create, comments };
  }

  /** As `createTable`, but does nothing where the table exists. `parts` are the `add …` clauses that belong inside. */
  createTableUnlessExists(operation: CreateTableOperation, parts: readonly string[]): string {
    const table = this.#table(operation, operation.columns, primaryKeyOf(operation));
    table.comment = operation.comment;
    const { create } = this.createTable(operation);
    const end = `)${this.#helper.finalizeTable(table, this.config.get('charset'), this.config.get('collate'))}`;
    const body = create.slice('create table '.length, -end.length);
    return `create table if not exists ${[body, ...parts].join(', ')}${end}`;
  }

  /** `alter table … add`, then the comment where it is a separate statement. */
  addColumn(at: TableRef, column: NamedColumnDefinition): readonly string[] {
    const table = this.#table(at, [column], undefined);
    // SQLite's helper also adds foreign keys, from a difference that it takes as a further argument
    const helper = this.#helper as unknown as {
      getAddColumnsSQL(
        ...args: readonly [DatabaseTable, Column[], Pick<TableDifference, 'addedForeignKeys'>]
      ): string[];
    };
    const difference = { addedForeignKeys: {} };
    return helper.getAddColumnsSQL(table, table.getColumns(), difference).map((sql) => this.#finished(sql));
  }

  /** Restates a whole column, as MySQL and MariaDB require. */
  modifyColumn(at: TableRef, column: NamedColumnDefinition): string {
    const table = this.#table(at, [column], undefined);
    // without `primary`, each restatement of auto_increment would add another unique index
    const whole = { ...table.getColumns()[0], primary: true };
    const [sql] = this.#helper.alterTableColumn(whole, table, new Set(['type']));
    return this.#finished(sql);
  }

  createIndex(at: TableRef, index: IndexDefinition, columns: readonly NamedColumnDefinition[] = []): NamedSql {
    const name =
      index.name ??
      this.indexName(
        at.table,
        index.columns.map((c) => c.name),
        index.unique ? 'unique' : 'index',
      );
    const { expression } = index;
    if (expression !== undefined && isStatement(expression)) return { name, sql: expression.trim().replace(/;$/, '') };
    const names = expression === undefined ? index.columns.map((column) => column.name) : [expressionColumn];
    const table = this.#table(at, indexedColumns(names, columns), undefined);
    const sql = this.#helper.createIndex(indexDef(name, names, index), table);
    if (expression === undefined) return { name, sql: this.#finished(sql) };
    const placeholder = this.quote(expressionColumn);
    return { name, sql: this.#finished(sql.replace(placeholder, () => this.rules.indexExpression(expression))) };
  }

  createUnique(at: TableRef, unique: UniqueDefinition): NamedSql {
    const name = unique.name ?? this.indexName(at.table, unique.columns, 'unique');
    const table = this.#table(at, [], undefined);
    const definition = { columns: unique.columns.map((column) => ({ name: column })), unique: true };
    const index = { ...indexDef(name, unique.columns, definition), constraint: true, deferMode: unique.deferMode };
    return { name, sql: this.#finished(this.#helper.createIndex(index, table)) };
  }

  createPrimaryKey(at: TableRef, primaryKey: PrimaryKeyDefinition): NamedSql {
    const table = this.#table(at, [], primaryKey);
    const index = table.getPrimaryKey()!;
    return { name: unsealed(index.keyName), sql: this.#finished(this.#helper.createIndex(index, table, true)) };
  }

  createCheck(at: TableRef, check: CheckDefinition): NamedSql {
    const name = check.name ?? this.indexName(at.table, [], 'check');
    const table = this.#table(at, [], undefined);
    return { name, sql: this.#finished(this.#helper.createCheck(table, { ...check, name: sealed(name) })) };
  }

  /** Written here, since the helper writes none where `schemaGenerator.createForeignKeyConstraints` is off. */
  createForeignKey(at: TableRef, key: ForeignKeyDefinition): NamedSql {
    const name = key.name ?? this.indexName(at.table, key.columns, 'foreign');
    const list = (columns: readonly string[]): string => columns.map((column) => this.quote(column)).join(', ');
    const target = this.referenced(at, key);
    const sql = [
      `alter table ${this.qualified(at)} add constraint ${this.quote(name)} foreign key (${list(key.columns)})`,
      `references ${target} (${list(key.referencedColumns)})`,
      key.updateRule === undefined ? '' : `on update ${key.updateRule}`,
      key.deleteRule === undefined ? '' : `on delete ${key.deleteRule}`,
      key.deferMode === undefined ? '' : `deferrable initially ${key.deferMode}`,
    ];
    return { name, sql: sql.filter((part) => part !== '').join(' ') };
  }

  /** The name of the table that a foreign key refers to. */
  referenced(at: TableRef, key: ForeignKeyDefinition): string {
    return this.qualified({ schema: this.#referencedSchema(at, key), table: key.referencedTable });
  }

  /** The condition that limits a text column to the items of an enum, as MikroORM writes it. */
  enumCheck(column: string, items: readonly string[], shape: 'single' | 'array'): string {
    const expression =
      shape === 'array'
        ? this.platform.getEnumArrayCheckConstraintExpression(sealed(column), [...items])
        : this.platform.getEnumCheckConstraintExpression(sealed(column), [...items]);
    return unsealed(expression ?? '');
  }

  createEnum(name: string, items: readonly string[], schema: string | undefined): string {
    const sealedSchema = schema === undefined ? undefined : sealed(schema);
    return this.#finished(this.#helper.getCreateNativeEnumSQL(sealed(name), [...items], sealedSchema));
  }

  /** An absent schema means the connection's own, not that of the table. Across databases, MySQL needs its name. */
  #referencedSchema(at: TableRef, key: ForeignKeyDefinition): string | undefined {
    if (key.referencedSchema !== undefined) return key.referencedSchema;
    if (at.schema === undefined || this.platform.getDefaultSchemaName() !== undefined) return undefined;
    return this.config.get('schema') ?? this.config.get('dbName');
  }

  #table(
    at: TableRef,
    columns: readonly NamedColumnDefinition[],
    primaryKey: PrimaryKeyDefinition | undefined,
  ): DatabaseTable {
    const schema = this.schemaOf(at.schema);
    const table = new DatabaseTable(this.platform, sealed(at.table), schema === undefined ? undefined : sealed(schema));
    const composite = primaryKey !== undefined && primaryKey.columns.length > 1;
    for (const definition of columns) {
      const column = mappedColumn(this.platform, this.rules, definition);
      const primary = primaryKey === undefined ? column.primary : primaryKey.columns.includes(definition.name);
      table.addColumn({ ...column, name: sealed(column.name), primary: !composite && primary });
    }
    if (primaryKey !== undefined) table.setIndexes([primaryIndex(this.platform, at.table, primaryKey)]);
    return table;
  }

  #finished(sql: string): string {
    return unsealed(sql.endsWith(';') ? sql.slice(0, -1) : sql);
  }
}

/** The primary key of a table: declared for the table, or by its columns. */
export function primaryKeyOf({ columns, primaryKey }: CreateTableOperation): PrimaryKeyDefinition | undefined {
  if (primaryKey !== undefined) return primaryKey;
  const primary = columns.filter((column) => column.primary === true).map(({ name }) => name);
  return primary.length === 0 ? undefined : { columns: primary };
}

function primaryIndex(platform: AbstractSqlPlatform, table: string, { name, columns }: PrimaryKeyDefinition): IndexDef {
  return {
    keyName: name === undefined ? platform.getIndexName(sealed(table), [...columns], 'primary') : sealed(name),
    columnNames: columns.map(sealed),
    composite: columns.length > 1,
    constraint: true,
    primary: true,
    unique: true,
  };
}

function indexDef(name: string, columns: readonly string[], index: IndexDefinition): IndexDef {
  const advanced = index.columns.some((column) => Object.keys(column).length > 1);
  return {
    keyName: sealed(name),
    columnNames: columns.map(sealed),
    composite: columns.length > 1,
    constraint: false,
    primary: false,
    unique: index.unique ?? false,
    type: index.type,
    where: index.where,
    include: index.include?.map(sealed),
    fillFactor: index.fillFactor,
    invisible: index.invisible,
    columns: advanced
      ? index.columns.map((column) => ({
          name: sealed(column.name),
          // upper case, as MikroORM writes them for an entity
          sort: column.sort?.toUpperCase() as 'ASC' | 'DESC' | undefined,
          nulls: column.nulls?.toUpperCase() as 'FIRST' | 'LAST' | undefined,
          length: column.length,
          collation: column.collation === undefined ? undefined : sealed(column.collation),
        }))
      : undefined,
  };
}

/** The definitions of indexed columns, whose types a full text index needs; `text` where they are not known. */
function indexedColumns(
  names: readonly string[],
  columns: readonly NamedColumnDefinition[],
): readonly NamedColumnDefinition[] {
  return names.map((name) => columns.find((column) => column.name === name) ?? { name, type: 'text' });
}

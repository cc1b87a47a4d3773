import { type CreateTableOperation, type IndexDefinition } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import { formatSql, literal } from '../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from './schema-helper-ddl.js';
import { change, repeatableIf, restatement, type StatementDraft, type StatementTable } from './statement-table.js';

/** The kinds of operations that every engine writes alike, on top of MikroORM's DDL. */
type StandardKind =
  | 'createTable'
  | 'dropTable'
  | 'addColumn'
  | 'dropColumn'
  | 'renameColumn'
  | 'createIndex'
  | 'createPrimaryKey'
  | 'createForeignKey'
  | 'createUniqueConstraint'
  | 'createCheckConstraint'
  | 'createSchema'
  | 'execute'
  | 'bulkInsert';

export function standardStatements(ddl: SchemaHelperDdl): Pick<StatementTable, StandardKind> {
  const { platform } = ddl;
  return {
    createTable: (operation) =>
      operation.ifNotExists === true ? [unlessExists(ddl, operation)] : tableWithParts(ddl, operation),
    dropTable: (operation) => {
      const sql = `drop table ${operation.ifExists === true ? 'if exists ' : ''}${ddl.qualified(operation)}`;
      return [repeatableIf(operation.ifExists, change(sql, ddl.exists(operation, null, false)))];
    },
    addColumn: ({ schema, table, column, ifNotExists }) => {
      const at = { schema, table };
      const [add, ...comments] = ddl.addColumn(at, column);
      const addition = ifNotExists === true ? addUnlessExists(ddl, at, add) : add;
      const drafts = [
        repeatableIf(ifNotExists, change(addition, ddl.exists(at, { column: column.name }, true))),
        ...comments.map(restatement),
      ];
      // the declaration of a column includes the primary key only for an auto-increment column
      if (column.primary !== true || column.autoincrement === true) return drafts;
      const { name, sql } = ddl.createPrimaryKey(at, { columns: [column.name] });
      return [...drafts, change(sql, ddl.exists(at, { constraint: name }, true))];
    },
    dropColumn: ({ column, ifExists, ...at }) => {
      const sql = `alter table ${ddl.qualified(at)} drop column ${ifExists === true ? 'if exists ' : ''}${ddl.quote(column)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(at, { column }, false)))];
    },
    renameColumn: (operation) => [
      change(
        `alter table ${ddl.qualified(operation)} rename column ${ddl.quote(operation.from)} to ${ddl.quote(operation.to)}`,
        ddl.exists(operation, { column: operation.to }, true),
      ),
    ],
    createIndex: ({ schema, table, index }) => [indexDraft(ddl, { schema, table }, index)],
    createPrimaryKey: ({ schema, table, primaryKey }) => {
      const { name, sql } = ddl.createPrimaryKey({ schema, table }, primaryKey);
      return [change(sql, ddl.exists({ schema, table }, { constraint: name }, true))];
    },
    createForeignKey: ({ schema, table, foreignKey }) => {
      const { name, sql } = ddl.createForeignKey({ schema, table }, foreignKey);
      return [change(sql, ddl.exists({ schema, table }, { constraint: name }, true))];
    },
    createUniqueConstraint: ({ schema, table, unique }) => {
      const { name, sql } = ddl.createUnique({ schema, table }, unique);
      return [change(sql, ddl.exists({ schema, table }, { constraint: name }, true))];
    },
    createCheckConstraint: ({ schema, table, check }) => {
      const { name, sql } = ddl.createCheck({ schema, table }, check);
      return [change(sql, ddl.exists({ schema, table }, { constraint: name }, true))];
    },
    createSchema: ({ name }) => [
      {
        ...restatement(`create schema if not exists ${ddl.quote(name)}`),
        postcondition: { query: schemaExists(ddl, name) },
      },
    ],
    execute: ({ sql, params, postcondition, repeatable }) => [
      // code that prints statements adds a semicolon to each
      { sql: formatSql(platform, sql, params).replace(/;\s*$/, ''), effect: 'unknown', postcondition, repeatable },
    ],
    bulkInsert: ({ rows, ...at }) =>
      batches(rows.map((row) => Object.values(row).map((value) => literal(platform, value)))).map((batch) => ({
        sql: `insert into ${ddl.qualified(at)} (${columnsOf(ddl, rows)}) values ${batch.join(', ')}`,
        effect: 'data',
      })),
  };
}

/** A query whose value is true where a schema of that name exists. */
export function schemaExists(ddl: SchemaHelperDdl, name: string): string {
  const named = `schema_name = ${literal(ddl.platform, name)}`;
  return `select count(*) > 0 as present from information_schema.schemata where ${named}`;
}

function tableWithParts(ddl: SchemaHelperDdl, operation: CreateTableOperation): readonly StatementDraft[] {
  const at: TableRef = { schema: operation.schema, table: operation.table };
  const { create, comments } = ddl.createTable(operation);
  const constraint = ({ name, sql }: { name: string; sql: string }): StatementDraft =>
    change(sql, ddl.exists(at, { constraint: name }, true));
  return [
    change(create, ddl.exists(at, null, true)),
    ...comments.map(restatement),
    ...operation.indexes.map((index) => indexDraft(ddl, at, index, operation)),
    ...operation.uniques.map((unique) => constraint(ddl.createUnique(at, unique))),
    ...operation.checks.map((check) => constraint(ddl.createCheck(at, check))),
    ...operation.foreignKeys.map((key) => constraint(ddl.createForeignKey(at, key))),
  ];
}

/** One statement for everything, since a second one could not know whether the first one did anything. */
function unlessExists(ddl: SchemaHelperDdl, operation: CreateTableOperation): StatementDraft {
  const at: TableRef = { schema: operation.schema, table: operation.table };
  const parts = [
    ...operation.uniques.map((unique) => ddl.createUnique(at, unique)),
    ...operation.checks.map((check) => ddl.createCheck(at, check)),
    ...operation.foreignKeys.map((key) => ddl.createForeignKey(at, key)),
  ];
  return {
    ...change(
      ddl.createTableUnlessExists(
        operation,
        parts.map(({ sql }) => addedPart(ddl, at, sql)),
      ),
      ddl.exists(at, null, true),
    ),
    repeatable: true,
  };
}

/**
 * `alter table … add column if not exists …`. The helper for MySQL and MariaDB omits the word `column`, which is
 * optional there.
 */
function addUnlessExists(ddl: SchemaHelperDdl, at: TableRef, sql: string): string {
  return `alter table ${ddl.qualified(at)} add column if not exists ${addedPart(ddl, at, sql).replace(/^column /, '')}`;
}

function addedPart(ddl: SchemaHelperDdl, at: TableRef, sql: string): string {
  return sql.slice(`alter table ${ddl.qualified(at)} add `.length);
}

function indexDraft(
  ddl: SchemaHelperDdl,
  at: TableRef,
  index: IndexDefinition,
  table?: CreateTableOperation,
): StatementDraft {
  const { name, sql } = ddl.createIndex(at, index, table?.columns);
  return change(sql, ddl.exists(at, { index: name }, true));
}

function columnsOf(ddl: SchemaHelperDdl, rows: readonly Readonly<Record<string, EncodedValue>>[]): string {
  return Object.keys(rows[0] ?? {})
    .map((column) => ddl.quote(column))
    .join(', ');
}

const maxRows = 500;
// a quarter of the smallest packet that a server accepts by default
const maxCharacters = 256 * 1024;

/** Rows as tuples, divided into statements that no server refuses as too long. */
function batches(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const result: string[][] = [];
  let characters = 0;
  for (const row of rows) {
    const tuple = `(${row.join(', ')})`;
    const current = result.at(-1);
    characters += tuple.length;
    if (current === undefined || current.length >= maxRows || characters > maxCharacters) {
      result.push([tuple]);
      characters = tuple.length;
    } else {
      current.push(tuple);
    }
  }
  return result;
}

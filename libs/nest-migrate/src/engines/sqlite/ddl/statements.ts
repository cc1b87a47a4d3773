import { sqliteSql } from '../lexical-rules.js';
import { sameName } from '../tokens.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { command, worded } from '../../../errors/wording.js';
import { InvalidOperationError, UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { type AddColumnOperation, type CreateTableOperation, type Operation } from '../../../operations/operation.js';
import { enumCheck } from '../../ddl/enum-check.js';
import { enumItems } from '../enum-items.js';
import { type DdlRules, SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { noColumnSync, noDependents } from '../../ddl/dependent-statements.js';
import { noSequences } from '../../ddl/sequence-statements.js';
import { standardStatements } from '../../ddl/standard-statements.js';
import { change, repeatableIf, type StatementDraft, type StatementTable } from '../../ddl/statement-table.js';
import { columnSource, defaultClause, withItems, withNotNull } from './column-source.js';
import { objectStatements } from './object-statements.js';
import { parseTable, renderColumn, renderTable } from './table-source.js';

/** MikroORM's DDL with SQLite's rules. */
export function sqliteDdl(platform: AbstractSqlPlatform, config: Configuration): SchemaHelperDdl {
  return new SchemaHelperDdl(platform, config, rules);
}

/**
 * SQLite's statements for each kind of operation, as far as they do not depend on the present table. For the others see
 * `TableAlterations`.
 */
export function sqliteStatements(platform: AbstractSqlPlatform, config: Configuration): StatementTable {
  const ddl = sqliteDdl(platform, config);
  const standard = standardStatements(ddl);
  const noEnums = (operation: string) => (): never =>
    unsupported(operation, "it has no types of one's own.", "Give the column 'items'.");
  const noSchemas = (operation: string) => (): never =>
    unsupported(operation, 'a schema there is a file that the connection attaches.', "Use MikroORM's attachDatabases.");
  const needsTable = (operation: Operation): never => {
    const problem = 'SQLite makes a new table for it, and has to know the present one.';
    throw new InvalidOperationError(
      operation.kind,
      problem,
      worded`Use batchAlterTable with the table as 'existing', as ${command('migrate', '--existing-tables')} writes it.`,
    );
  };
  const noPartitions = (operation: string) => (): never =>
    unsupported(operation, 'it has no partitions.', 'Keep one table, or several of your own.');
  const noPolicies = (operation: string) => (): never =>
    unsupported(operation, 'it has no row-level security.', 'Show rows through a view that filters them.');
  const noMaterializedViews = (operation: string) => (): never =>
    unsupported(operation, 'it has no materialized views.', 'Keep a table, filled by triggers or by a statement.');
  const noRoutines = (operation: string) => (): never =>
    unsupported(operation, 'it has no stored routines.', 'Register a function on the connection.');
  return {
    ...standard,
    ...objectStatements(ddl),
    ...noSequences('sqlite'),
    ...noDependents('sqlite'),
    ...noColumnSync('sqlite'),
    createTable: (operation) =>
      operation.partitionBy === undefined ? createTable(ddl, operation) : noPartitions('createTable')(),
    renameTable: ({ schema, from, to, toSchema }) => {
      if (toSchema !== undefined) {
        const reason = 'a schema there is a file, and no table moves from one to another.';
        return unsupported('renameTable', reason, 'Create the table there and copy its rows.');
      }
      const rename = (before: string, after: string): StatementDraft =>
        change(
          `alter table ${ddl.qualified({ schema, table: before })} rename to ${ddl.quote(after)}`,
          ddl.exists({ schema, table: after }, null, true),
        );
      if (!sameName(from, to)) return [rename(from, to)];
      // to SQLite the name is taken, by the table itself
      const between = `${to}__renamed`;
      return [rename(from, between), rename(between, to)];
    },
    alterTableComment: () => [],
    addColumn: (operation) => {
      if (!canAddColumn(ddl, operation)) return needsTable(operation);
      const { schema, table, column } = operation;
      const at = { schema, table };
      const definition = renderColumn(columnSource(ddl, table, column), (name) => ddl.quote(name));
      const sql = `alter table ${ddl.qualified(at)} add column ${definition}`;
      return [change(sql, ddl.exists(at, { column: column.name }, true))];
    },
    dropColumn: (operation) => (operation.ifExists === true ? needsTable(operation) : standard.dropColumn(operation)),
    alterColumn: needsTable,
    createIndex: (operation) => {
      refuseIndex(operation.index);
      return standard.createIndex(operation).map((draft) => ({
        ...draft,
        sql: operation.ifNotExists === true ? unlessExists(draft.sql) : draft.sql,
        ...(operation.ifNotExists === true ? { repeatable: true } : {}),
      }));
    },
    dropIndex: ({ name, ifExists, ...at }) => {
      const sql = `drop index ${ifExists === true ? 'if exists ' : ''}${ddl.quote(ddl.schemaOf(at.schema), name)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(at, { index: name }, false)))];
    },
    renameIndex: needsTable,
    createPrimaryKey: (operation) => {
      refuseUsingIndex('createPrimaryKey', operation.usingIndex);
      return needsTable(operation);
    },
    createForeignKey: needsTable,
    createUniqueConstraint: (operation) => {
      const { schema, table, unique } = operation;
      refuseUsingIndex('createUniqueConstraint', operation.usingIndex);
      refuseDeferring('createUniqueConstraint', unique.deferMode);
      // the only kind of constraint that can be added and dropped again
      const { name, sql } = ddl.createUnique({ schema, table }, unique);
      return [change(sql, ddl.exists({ schema, table }, { index: name }, true))];
    },
    createCheckConstraint: needsTable,
    dropConstraint: (operation) => {
      if (operation.type !== 'unique') return needsTable(operation);
      const { schema, name, ifExists } = operation;
      const sql = `drop index ${ifExists === true ? 'if exists ' : ''}${ddl.quote(ddl.schemaOf(schema), name)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(operation, { index: name }, false)))];
    },
    createSchema: noSchemas('createSchema'),
    dropSchema: noSchemas('dropSchema'),
    createPartition: noPartitions('createPartition'),
    dropPartition: noPartitions('dropPartition'),
    attachPartition: noPartitions('attachPartition'),
    detachPartition: noPartitions('detachPartition'),
    alterRowLevelSecurity: noPolicies('alterRowLevelSecurity'),
    createPolicy: noPolicies('createPolicy'),
    dropPolicy: noPolicies('dropPolicy'),
    createEnum: noEnums('createEnum'),
    dropEnum: noEnums('dropEnum'),
    alterEnum: noEnums('alterEnum'),
    createMaterializedView: noMaterializedViews('createMaterializedView'),
    dropMaterializedView: noMaterializedViews('dropMaterializedView'),
    refreshMaterializedView: noMaterializedViews('refreshMaterializedView'),
    createRoutine: noRoutines('createRoutine'),
    dropRoutine: noRoutines('dropRoutine'),
    validateConstraint: () =>
      unsupported('validateConstraint', 'it knows no constraint that is not valid.', 'Leave it out.'),
  };
}

/** One statement for the table with its keys and checks, which can't be added later; then one for each index. */
function createTable(ddl: SchemaHelperDdl, operation: CreateTableOperation): readonly StatementDraft[] {
  const at: TableRef = { schema: operation.schema, table: operation.table };
  const conditional = operation.ifNotExists === true;
  const start = `alter table ${ddl.qualified(at)} add `;
  for (const index of operation.indexes) refuseIndex(index);
  for (const { deferMode } of operation.uniques) refuseDeferring('createTable', deferMode);
  const parts = [
    ...operation.foreignKeys.map((key) => ddl.createForeignKey(at, key)),
    ...operation.checks.map((check) => ddl.createCheck(at, check)),
  ].map(({ sql }) => sql.slice(start.length));
  // a comment would only be part of the text
  const { create } = ddl.createTable({ ...operation, comment: undefined });
  const source = parseTable(create)!;
  const columns = source.columns.map((made, index) => {
    const column = withNotNull(made, operation.columns[index] ?? {});
    const check = enumCheck(ddl, operation.table, operation.columns[index]);
    // a check of the property may have the name as well
    const isListed = operation.checks.some(
      ({ name, expression }) => name === check?.name && enumItems(expression, made.name) !== undefined,
    );
    return check === undefined || isListed ? column : withItems(column, check.expression);
  });
  const table = renderTable({ ...source, columns }, ddl.qualified(at), (name) => ddl.quote(name));
  const whole = [table.slice(0, -1), ...parts].join(', ') + ')';
  const indexes = [
    ...operation.indexes.map((index) => ddl.createIndex(at, index, operation.columns)),
    ...operation.uniques.map((unique) => ddl.createUnique(at, unique)),
  ];
  const draft = (sql: string, postcondition: Parameters<typeof change>[1]): StatementDraft => ({
    ...change(sql, postcondition),
    ...(conditional ? { repeatable: true } : {}),
  });
  return [
    draft(conditional ? unlessExists(whole) : whole, ddl.exists(at, null, true)),
    ...indexes.map(({ name, sql }) =>
      draft(conditional ? unlessExists(sql) : sql, ddl.exists(at, { index: name }, true)),
    ),
  ];
}

/** Whether `alter table … add column` accepts the column. Existing rows get a value that is part of the schema. */
export function canAddColumn(ddl: SchemaHelperDdl, { column, ifNotExists }: AddColumnOperation): boolean {
  // only a look at the table tells whether the column exists
  if (ifNotExists === true) return false;
  if (column.primary === true || column.autoincrement === true) return false;
  if (column.generated !== undefined) return !/\bstored\s*$/i.test(column.generated);
  const value = ddl.defaultSql(column);
  if (value !== undefined && /^(?:\(|current_)/i.test(defaultClause(value).trim())) return false;
  return column.nullable === true || (value !== undefined && !/^null$/i.test(value));
}

function refuseIndex({ name, include, type, invisible }: CreateTableOperation['indexes'][number]): void {
  const which = name === undefined ? 'an index' : `the index '${name}'`;
  if (invisible === true)
    unsupported('createIndex', `every index is used, and ${which} is invisible.`, "Leave out 'invisible'.");
  if (include !== undefined && include.length > 0)
    unsupported('createIndex', `${which} has 'include'.`, 'Index the columns themselves.');
  if (type !== undefined)
    unsupported('createIndex', `it has one kind of index, and ${which} has the type '${type}'.`, "Leave out 'type'.");
}

function refuseUsingIndex(operation: string, usingIndex: string | undefined): void {
  if (usingIndex !== undefined)
    unsupported(operation, 'a key there has an index of its own.', "Leave out 'usingIndex'.");
}

function refuseDeferring(operation: string, deferMode: string | undefined): void {
  if (deferMode !== undefined) unsupported(operation, 'it checks uniqueness at once.', "Leave out 'deferMode'.");
}

function unsupported(operation: string, reason: string, cure: string): never {
  throw new UnsupportedOperationError(operation, 'sqlite', reason, cure);
}

function unlessExists(sql: string): string {
  return sql.replace(/^create (?:unique )?(?:table|index) /i, (start) => `${start}if not exists `);
}

const rules: DdlRules = {
  mark: '`',
  indexExpression: (expression) => expression,
  typeOf: () => undefined,
  finish: (column, definition) => ({
    ...column,
    unsigned: false,
    nativeEnumName: undefined,
    default: column.default == null ? undefined : defaultClause(column.default),
    ...(definition.generated !== undefined && {
      generated: sqliteSql.generatedClause(definition.generated),
      default: undefined,
    }),
  }),
};

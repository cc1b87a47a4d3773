import { mysqlSql } from '../lexical-rules.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { InvalidOperationError, UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { isStatement } from '../../../operations/index-definition.js';
import { placeAfter } from '../../../operations/kinds/table.operations.js';
import {
  type ColumnDefinition,
  type DropConstraintOperation,
  type IndexDefinition,
} from '../../../operations/operation.js';
import { type DialectName } from '../../dialect-name.js';
import { plainLiteral } from '../../sql/quoting.js';
import { type DdlRules, SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { noColumnSync, noDependents } from '../../ddl/dependent-statements.js';
import { noSequences } from '../../ddl/sequence-statements.js';
import { standardStatements } from '../../ddl/standard-statements.js';
import { change, fromDatabase, repeatableIf, restatement, type StatementTable } from '../../ddl/statement-table.js';
import { viewStatements } from '../../ddl/view-statements.js';
import { alterColumn, type RestatedAddition, takingOver } from './alter-column.js';
import { type RestatedRename, type RestatedTableRename } from './renamed-beside.js';
import { routineStatements } from './routine-statements.js';
import { triggerStatements } from './trigger-statements.js';

/** The differences between MySQL and MariaDB. */
export interface MySqlTraits {
  readonly dialect: DialectName;
  /** `if exists` and `if not exists` for parts of a table: columns, indexes, constraints. */
  readonly conditionalParts: boolean;
  /** Indexes over expressions, which partial indexes need as well. */
  readonly expressionIndexes: boolean;
}

const mysql: MySqlTraits = { dialect: 'mysql', conditionalParts: false, expressionIndexes: true };

/** MikroORM's DDL of MySQL, or of an engine like it. */
export function mysqlDdl(platform: AbstractSqlPlatform, config: Configuration, dialect: DialectName): SchemaHelperDdl {
  return new SchemaHelperDdl(platform, config, rulesOf(platform, dialect));
}

/** The statements of MySQL, or of an engine like it, for each kind of operation. */
export function mysqlStatements(
  platform: AbstractSqlPlatform,
  config: Configuration,
  traits: MySqlTraits = mysql,
): StatementTable {
  const { dialect } = traits;
  const ddl = mysqlDdl(platform, config, dialect);
  const standard = standardStatements(ddl);
  const unsupported = (operation: string, reason: string, cure?: string): never => {
    throw new UnsupportedOperationError(operation, dialect, reason, cure);
  };
  const noDeferring = (operation: string, deferMode: string | undefined): void => {
    if (deferMode !== undefined)
      unsupported(operation, 'it checks every constraint at once.', "Leave out 'deferMode'.");
  };
  const noEnums = (operation: string) => (): never =>
    unsupported(operation, 'an enum is part of its column.', "Give the column 'items'.");
  const alwaysValid = (operation: string, notValid: boolean | undefined): void => {
    if (notValid === true) unsupported(operation, 'it checks the rows that are there.', "Leave out 'notValid'.");
  };
  const ownIndex = (operation: string, usingIndex: string | undefined): void => {
    if (usingIndex !== undefined) unsupported(operation, 'a key there is an index itself.', "Leave out 'usingIndex'.");
  };
  const unconditional = (operation: string, option: string): void => {
    if (traits.conditionalParts) return;
    unsupported(
      operation,
      'what belongs to a table comes and goes without a condition there.',
      `Leave out '${option}'.`,
    );
  };
  const refuseExpression = (operation: string, { name, where, expression }: IndexDefinition): void => {
    if (traits.expressionIndexes || (where === undefined && (expression === undefined || isStatement(expression))))
      return;
    const which = name === undefined ? 'an index' : `the index '${name}'`;
    const what = where === undefined ? 'an expression' : "'where'";
    unsupported(operation, `it indexes columns only, and ${which} has ${what}.`, 'Index a generated column.');
  };
  const noPartitions = (operation: string) => (): never =>
    unsupported(operation, 'a partition is no table there.', 'Alter the table with op.execute.');
  const noPolicies = (operation: string) => (): never =>
    unsupported(operation, 'it has no row-level security.', 'Show rows through a view that filters them.');
  const noMaterializedViews = (operation: string) => (): never =>
    unsupported(operation, 'it has no materialized views.', 'Keep a table, filled by a statement or an event.');
  return {
    ...standard,
    ...viewStatements(ddl, 'database()'),
    ...triggerStatements(ddl, dialect),
    ...routineStatements(ddl, dialect),
    ...noSequences(dialect),
    ...noDependents(dialect),
    ...noColumnSync(dialect),
    createTable: (operation) => {
      if (operation.partitionBy !== undefined) noPartitions('createTable')();
      for (const index of operation.indexes) refuseExpression('createTable', index);
      for (const { deferMode } of [...operation.uniques, ...operation.foreignKeys])
        noDeferring('createTable', deferMode);
      if (operation.ifNotExists !== true) return standard.createTable(operation);
      const at = { schema: operation.schema, table: operation.table };
      const start = `alter table ${ddl.qualified(at)} add `;
      const parts = [
        ...operation.indexes.map((index) => ddl.createIndex(at, index, operation.columns)),
        ...operation.uniques.map((unique) => ddl.createUnique(at, unique)),
        ...operation.checks.map((check) => ddl.createCheck(at, check)),
        ...operation.foreignKeys.map((key) => ddl.createForeignKey(at, key)),
      ].map(({ sql }) => {
        if (sql.startsWith(start)) return sql.slice(start.length);
        return unsupported('createTable', "'ifNotExists' takes no index that is a statement.", 'Use createIndex.');
      });
      return [
        { ...change(ddl.createTableUnlessExists(operation, parts), ddl.exists(at, null, true)), repeatable: true },
      ];
    },
    renameTable: (operation: RestatedTableRename) => {
      const { name: table, schema } = placeAfter(operation);
      const [before, after] = [
        { schema: operation.schema, table: operation.from },
        { schema, table },
      ];
      return [
        change(`alter table ${ddl.qualified(before)} rename to ${ddl.qualified(after)}`, ddl.exists(after, null, true)),
        ...(operation.behind ?? []).map(fromDatabase),
      ];
    },
    alterTableComment: ({ comment, ...at }) => [
      restatement(`alter table ${ddl.qualified(at)} comment = ${plainLiteral(platform, comment ?? '')}`),
    ],
    addColumn: (operation: RestatedAddition) => {
      const { after, first, ifNotExists } = operation;
      if (ifNotExists === true) unconditional('addColumn', 'ifNotExists');
      const place = first === true ? ' first' : after === undefined ? '' : ` after ${ddl.quote(after)}`;
      const { operation: own, suffix } = takingOver(operation);
      const [add, ...rest] = standard.addColumn(own);
      return [{ ...add, sql: [add.sql + suffix + place, ...(operation.beside ?? [])].join(', ') }, ...rest];
    },
    renameColumn: (operation: RestatedRename) => [
      ...(operation.before ?? []).map(fromDatabase),
      ...standard
        .renameColumn(operation)
        .map((draft) => ({ ...draft, sql: [draft.sql, ...(operation.beside ?? [])].join(', ') })),
      ...(operation.behind ?? []).map(fromDatabase),
    ],
    dropColumn: (operation) => {
      if (operation.ifExists === true) unconditional('dropColumn', 'ifExists');
      return standard.dropColumn(operation);
    },
    alterColumn: (operation) => alterColumn(ddl, dialect, operation),
    createIndex: (operation) => {
      const { schema, table, index, ifNotExists } = operation;
      refuseExpression('createIndex', index);
      const drafts = standard.createIndex(operation);
      if (ifNotExists !== true) return drafts;
      unconditional('createIndex', 'ifNotExists');
      const start = `alter table ${ddl.qualified({ schema, table })} `;
      return drafts.map((draft) => ({
        ...draft,
        sql: start + draft.sql.slice(start.length).replace(/^add (fulltext )?(index|unique)/, '$& if not exists'),
        repeatable: true,
      }));
    },
    dropIndex: ({ name, ifExists, ...at }) => {
      if (ifExists === true) unconditional('dropIndex', 'ifExists');
      const sql = `alter table ${ddl.qualified(at)} drop index ${ifExists === true ? 'if exists ' : ''}${ddl.quote(name)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(at, { index: name }, false)))];
    },
    renameIndex: ({ from, to, ...at }) => [
      change(
        `alter table ${ddl.qualified(at)} rename index ${ddl.quote(from)} to ${ddl.quote(to)}`,
        ddl.exists(at, { index: to }, true),
      ),
    ],
    createForeignKey: (operation) => {
      noDeferring('createForeignKey', operation.foreignKey.deferMode);
      alwaysValid('createForeignKey', operation.notValid);
      return standard.createForeignKey(operation);
    },
    createPrimaryKey: (operation) => {
      ownIndex('createPrimaryKey', operation.usingIndex);
      return standard.createPrimaryKey(operation);
    },
    createUniqueConstraint: (operation) => {
      noDeferring('createUniqueConstraint', operation.unique.deferMode);
      ownIndex('createUniqueConstraint', operation.usingIndex);
      return standard.createUniqueConstraint(operation);
    },
    createCheckConstraint: (operation) => {
      alwaysValid('createCheckConstraint', operation.notValid);
      return standard.createCheckConstraint(operation);
    },
    dropConstraint: (operation) => {
      const { type, name, ifExists } = operation;
      if (ifExists === true) unconditional('dropConstraint', 'ifExists');
      if (ifExists === true && type === 'primaryKey')
        unsupported('dropConstraint', 'a primary key is dropped without a condition there.', "Leave out 'ifExists'.");
      const sql = `alter table ${ddl.qualified(operation)} drop ${constraintToDrop(ddl, operation)}`;
      const gone = ddl.exists(operation, { constraint: type === 'primaryKey' ? 'PRIMARY' : name }, false);
      return [repeatableIf(ifExists, change(sql, gone))];
    },
    dropSchema: () =>
      unsupported('dropSchema', 'a schema is a database there, which would go with all its tables.', 'Use execute.'),
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
    validateConstraint: () => unsupported('validateConstraint', 'it checks every constraint when it is created.'),
  };
}

function constraintToDrop(ddl: SchemaHelperDdl, { type, name, ifExists }: DropConstraintOperation): string {
  if (type === 'primaryKey') return 'primary key';
  const words = { foreignKey: 'foreign key', unique: 'index', check: 'constraint' }[type];
  return `${words} ${ifExists === true ? 'if exists ' : ''}${ddl.quote(name)}`;
}

function rulesOf(platform: AbstractSqlPlatform, dialect: DialectName): DdlRules {
  return {
    mark: '`',
    // an expression as a key part needs its own parentheses
    indexExpression: (expression) =>
      mysqlSql.isParenthesised(expression) || mysqlSql.splitList(expression).length > 1
        ? expression
        : `(${expression})`,
    typeOf: (column) => ownType(platform, dialect, column),
    finish: (column, definition) => {
      const finished = { ...column, nativeEnumName: undefined };
      if (definition.generated !== undefined) {
        // the parts of the type come before the expression
        finished.type += `${column.unsigned === true ? ' unsigned' : ''}${collationOf(definition)}`;
        finished.unsigned = false;
        finished.collation = undefined;
        finished.generated = mysqlSql.generatedClause(definition.generated);
        // a generated column is nullable by default; MariaDB accepts no such word, and MikroORM writes none
        if (dialect === 'mariadb') finished.nullable = false;
        else if (definition.nullable === false) finished.generated += ' not null';
      }
      // MikroORM knows these only by their short names
      if (/^(tiny|medium|long)(text|blob)\b/i.test(column.type) && finished.default != null) {
        finished.default = mysqlSql.isParenthesised(finished.default) ? finished.default : `(${finished.default})`;
      }
      return finished;
    },
  };
}

function collationOf({ collation }: ColumnDefinition): string {
  return collation === undefined ? '' : ` collate ${collation}`;
}

function ownType(platform: AbstractSqlPlatform, dialect: DialectName, column: ColumnDefinition): string | undefined {
  if (column.type === 'interval') {
    throw new UnsupportedOperationError("type 'interval'", dialect, 'it has no such type.', "Use 'columnType'.");
  }
  if (column.type === 'enumArray') return 'text';
  if (column.type !== 'enum') return undefined;
  if (column.items === undefined) {
    throw new InvalidOperationError(
      'enum',
      `a column without 'items' has no values on ${dialect}.`,
      "Give it 'items'.",
    );
  }
  return `enum(${column.items.map((item) => plainLiteral(platform, item)).join(',')})`;
}

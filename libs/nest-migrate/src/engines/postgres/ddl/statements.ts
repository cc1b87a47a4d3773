import { postgresSql } from '../lexical-rules.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { UnsupportedOperationError } from '../../../errors/operation.errors.js';
import {
  type CheckDefinition,
  type CreateTableOperation,
  type UniqueDefinition,
} from '../../../operations/operation.js';
import { enumCheck } from '../../ddl/enum-check.js';
import { literal, quoteIdentifier } from '../../sql/quoting.js';
import { sealed } from '../../sql/sealed-name.js';
import { type DdlRules, SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { sequenceStatements } from '../../ddl/sequence-statements.js';
import { schemaExists, standardStatements } from '../../ddl/standard-statements.js';
import {
  change,
  repeatableIf,
  restatement,
  type StatementDraft,
  type StatementTable,
} from '../../ddl/statement-table.js';
import { viewStatements } from '../../ddl/view-statements.js';
import { alterColumn } from './alter-column.js';
import { enumPlace } from './column-parts.js';
import { columnSyncStatements } from './column-sync-statements.js';
import { dropDependents, restoreDependents } from '../dependents.js';
import { keepAttributes, restoreAttributes } from '../kept-attributes.js';
import { enumStatements } from './enum-statements.js';
import { materializedViewStatements } from './materialized-view-statements.js';
import { routineStatements } from './routine-statements.js';
import { partitionStatements } from './partition-statements.js';
import { policyStatements } from './policy-statements.js';
import { triggerStatements } from './trigger-statements.js';

/** PostgreSQL's and PGlite's statements for each kind of operation. */
export function postgresStatements(platform: AbstractSqlPlatform, config: Configuration): StatementTable {
  const ddl = new SchemaHelperDdl(platform, config, rules);
  const standard = standardStatements(ddl);
  const constraintSuffix = (notValid: boolean | undefined): string => (notValid === true ? ' not valid' : '');
  return {
    ...standard,
    ...enumStatements(ddl),
    ...viewStatements(ddl, 'current_schema()'),
    ...materializedViewStatements(ddl),
    ...triggerStatements(ddl),
    ...columnSyncStatements(ddl),
    ...policyStatements(ddl),
    ...partitionStatements(ddl),
    ...routineStatements(ddl),
    ...sequenceStatements(ddl, {
      noCycle: 'no cycle',
      cache: 1,
      rename: (from, to) => `alter sequence ${from} rename to ${ddl.quote(to.table)}`,
      type: (type) => `as ${type}`,
      ownedBy: (owner) => `owned by ${owner}`,
    }),
    createTable: (operation) => {
      const withChecks = { ...operation, checks: [...enumChecks(ddl, operation), ...operation.checks] };
      const drafts = standard
        .createTable(withChecks)
        .map((draft, index) => (index === 0 ? partitioned(draft, operation) : draft));
      if (operation.ifNotExists !== true) return drafts;
      const at = { schema: operation.schema, table: operation.table };
      const indexes = operation.indexes.map((index) => {
        const { name, sql } = ddl.createIndex(at, index, operation.columns);
        return {
          ...restatement(indexOptions(sql, 'if not exists ')),
          postcondition: ddl.exists(at, { index: name }, true),
        };
      });
      return [...drafts, ...ddl.createTable(operation).comments.map(restatement), ...indexes];
    },
    renameTable: ({ schema, from, to, toSchema }) => {
      const renamed = { schema, table: to };
      const rename = change(
        `alter table ${ddl.qualified({ schema, table: from })} rename to ${ddl.quote(to)}`,
        ddl.exists(renamed, null, true),
      );
      if (toSchema === undefined) return [rename];
      const after = { schema: toSchema ?? undefined, table: to };
      const target = ddl.schemaOf(after.schema) ?? platform.getDefaultSchemaName();
      const move = change(
        `alter table ${ddl.qualified(renamed)} set schema ${ddl.quote(target)}`,
        ddl.exists(after, null, true),
      );
      return from === to ? [move] : [rename, move];
    },
    alterTableComment: ({ comment, ...at }) => [
      restatement(`comment on table ${ddl.qualified(at)} is ${literal(platform, comment)}`),
    ],
    addColumn: (operation) => {
      const { schema, table, column, ifNotExists, notValid } = operation;
      const check = enumCheck(ddl, table, column);
      if (ifNotExists === true && (check !== undefined || column.primary === true)) refuseCondition(column.name);
      if (check === undefined) return standard.addColumn(operation);
      const { name, sql } = ddl.createCheck({ schema, table }, check);
      const added = change(sql + constraintSuffix(notValid), ddl.exists({ schema, table }, { constraint: name }, true));
      return [...standard.addColumn(operation), added];
    },
    alterColumn: (operation) => alterColumn(ddl, operation),
    createIndex: (operation) => {
      const { concurrently, ifNotExists } = operation;
      const options = `${concurrently === true ? 'concurrently ' : ''}${ifNotExists === true ? 'if not exists ' : ''}`;
      return standard.createIndex(operation).map((draft) => ({
        ...draft,
        sql: indexOptions(draft.sql, options),
        ...(ifNotExists === true ? { repeatable: true } : {}),
        // a build that failed or died leaves an invalid index behind
        ...(concurrently === true ? { outsideTransaction: true, ...cleanupOf(ddl, operation.schema, draft) } : {}),
      }));
    },
    dropIndex: ({ name, concurrently, ifExists, ...at }) => {
      const options = `${concurrently === true ? 'concurrently ' : ''}${ifExists === true ? 'if exists ' : ''}`;
      return [
        {
          ...change(
            `drop index ${options}${ddl.quote(ddl.schemaOf(at.schema), name)}`,
            ddl.exists(at, { index: name }, false),
          ),
          ...(ifExists === true ? { repeatable: true } : {}),
          ...(concurrently === true ? { outsideTransaction: true } : {}),
        },
      ];
    },
    renameIndex: ({ from, to, ...at }) => [
      change(
        `alter index ${ddl.quote(ddl.schemaOf(at.schema), from)} rename to ${ddl.quote(to)}`,
        ddl.exists(at, { index: to }, true),
      ),
    ],
    createPrimaryKey: (operation) =>
      standard.createPrimaryKey(operation).map((draft) => usingIndex(ddl, 'primary key', draft, operation)),
    createUniqueConstraint: (operation) =>
      standard.createUniqueConstraint(operation).map((draft) => usingIndex(ddl, 'unique', draft, operation)),
    createForeignKey: (operation) =>
      standard
        .createForeignKey(operation)
        .map((draft) => ({ ...draft, sql: draft.sql + constraintSuffix(operation.notValid) })),
    createCheckConstraint: (operation) =>
      standard
        .createCheckConstraint(operation)
        .map((draft) => ({ ...draft, sql: draft.sql + constraintSuffix(operation.notValid) })),
    dropConstraint: ({ name, ifExists, ...at }) => {
      const sql = `alter table ${ddl.qualified(at)} drop constraint ${ifExists === true ? 'if exists ' : ''}${ddl.quote(name)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(at, { constraint: name }, false)))];
    },
    validateConstraint: ({ name, ...at }) => [
      restatement(`alter table ${ddl.qualified(at)} validate constraint ${ddl.quote(name)}`),
    ],
    dropDependents: ({ kind: _, ...parts }) => [
      { ...restatement(dropDependents(parts, ddl.schemaOf(undefined) ?? 'public')), needsTransaction: true },
    ],
    restoreDependents: () => [{ ...restatement(restoreDependents), needsTransaction: true }],
    keepAttributes: ({ kind: _, ...objects }) => [
      { ...restatement(keepAttributes(objects, ddl.schemaOf(undefined) ?? 'public')), needsTransaction: true },
    ],
    restoreAttributes: () => [{ ...restatement(restoreAttributes), needsTransaction: true }],
    dropSchema: ({ name }) => [
      change(`drop schema ${ddl.quote(name)}`, { query: `select not (${schemaExists(ddl, name)}) as present` }),
    ],
  };
}

const rules: DdlRules = {
  mark: '"',
  indexExpression: (expression) => expression,
  // MikroORM passes this type's name on, but PostgreSQL has no such type
  typeOf: ({ type, autoincrement }) => (type === 'mediumint' ? (autoincrement === true ? 'serial' : 'int') : undefined),
  finish: (column, definition) => {
    const finished = { ...column, unsigned: false };
    if (definition.generated !== undefined) finished.generated = postgresSql.generatedClause(definition.generated);
    if (definition.nativeEnumName !== undefined && definition.columnType === undefined) {
      // MikroORM would split the name at its dots
      const { schema, name } = enumPlace(column.type);
      finished.type = schema === undefined ? sealed(name) : `${schema}.${sealed(name)}`;
    }
    // quoted as a whole: the name of a locale has dots, at which MikroORM would split it
    if (definition.collation !== undefined) {
      finished.type = `${column.type} collate ${quoteIdentifier(definition.collation, '"')}`;
      finished.collation = undefined;
    }
    // MikroORM declares it without auto-increment
    if (definition.autoincrement === true && definition.generated === undefined && /^smallint$/i.test(column.type)) {
      return { ...finished, type: 'smallserial', autoincrement: false };
    }
    return finished;
  },
};

function refuseCondition(column: string): never {
  throw new UnsupportedOperationError(
    'addColumn',
    'postgres',
    `'ifNotExists' covers one statement, and column '${column}' takes a constraint as well.`,
    'Add the constraint in an operation of its own.',
  );
}

/** The checks of enum columns that are not in the table's own list. */
function enumChecks(
  ddl: SchemaHelperDdl,
  { table, columns, checks }: CreateTableOperation,
): readonly CheckDefinition[] {
  const listed = new Set(checks.map(({ name }) => name));
  return columns
    .map((column) => enumCheck(ddl, table, column))
    .filter((check) => check !== undefined)
    .filter(({ name }) => !listed.has(name));
}

/** The statement that drops the invalid index which a failed or interrupted concurrent build leaves behind. */
function cleanupOf(
  ddl: SchemaHelperDdl,
  schema: string | undefined,
  { postcondition }: StatementDraft,
): Partial<StatementDraft> {
  if (postcondition === undefined || 'query' in postcondition || postcondition.index === undefined) return {};
  return { cleanup: `drop index concurrently if exists ${ddl.quote(ddl.schemaOf(schema), postcondition.index)}` };
}

/** A key that takes an index that is there, in place of building one. */
function usingIndex(
  ddl: SchemaHelperDdl,
  words: 'unique' | 'primary key',
  draft: StatementDraft,
  { usingIndex: index, ...at }: TableRef & { readonly usingIndex?: string; readonly unique?: UniqueDefinition },
): StatementDraft {
  if (index === undefined || draft.postcondition === undefined || 'query' in draft.postcondition) return draft;
  const { constraint = index } = draft.postcondition;
  const deferring = at.unique?.deferMode === undefined ? '' : ` deferrable initially ${at.unique.deferMode}`;
  const key = `${ddl.quote(constraint)} ${words} using index ${ddl.quote(index)}${deferring}`;
  return { ...draft, sql: `alter table ${ddl.qualified(at)} add constraint ${key}` };
}

/** Adds the words between `create index` and the name. */
function indexOptions(sql: string, options: string): string {
  return sql.replace(/^create (unique )?index /i, (start) => `${start}${options}`);
}

/** Adds `partition by` to the statement that creates a table. */
function partitioned(draft: StatementDraft, { partitionBy }: CreateTableOperation): StatementDraft {
  return partitionBy === undefined ? draft : { ...draft, sql: `${draft.sql} partition by ${partitionBy}` };
}

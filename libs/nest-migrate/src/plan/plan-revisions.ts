import { type MeasuredStatement } from '../engines/impact/impact.js';
import { type Operation } from '../operations/operation.js';
import { consequenceOf } from './consequence.js';
import { longest, magnitudeOf } from './magnitude.js';
import {
  type FailedStatement,
  type HandedStatement,
  type PlannedRevision,
  type PlannedStatement,
  type PlannedTable,
} from './planned-statement.js';
import { PlannedRun, type RunParts } from './planned-run.js';
import { RunNames, type TableName } from './run-names.js';

/** A revision that a plan is made of. */
export interface RevisionToPlan {
  readonly revision: string;
  readonly message: string;
  readonly path: string;
  /** The lines of its statements in its file, by their ordinals. */
  readonly lines: ReadonlyMap<number, number>;
  readonly failure: FailedStatement | null;
  readonly unmeasured: string | null;
}

/** What a plan is made of. */
export interface PlanParts extends Omit<RunParts, 'revisions'> {
  readonly revisions: readonly RevisionToPlan[];
  readonly statements: readonly MeasuredStatement[];
  /** The entities whose queries use a table. */
  readonly entitiesOf: (table: TableName) => readonly string[];
  /** The option `onlineSchemaChange`; absent where it is not set, and on engines without it. */
  readonly schemaChange?: PlannedSchemaChange;
}

/** How a program takes over what the server would do to a large table. */
export interface PlannedSchemaChange {
  /** The name of the program. */
  readonly program: string;
  /** Whether it is for a statement, if the table is as large as that. */
  readonly takes: (sql: string, size: { readonly rows: number; readonly bytes: number }) => boolean;
}

/** Puts what was measured beside what the live database tells of itself. */
export function planRevisions({ revisions, statements, entitiesOf, schemaChange, ...run }: PlanParts): PlannedRun {
  const order = revisions.flatMap(({ revision }) => statements.filter((statement) => statement.revision === revision));
  const names = new RunNames(order, run.home);
  const isHome = (schema: string | undefined): boolean => schema === undefined || schema === run.home;
  const tableOf = (impact: MeasuredStatement['impact']['tables'][number], number: number): PlannedTable | undefined => {
    const { schema, table, rows: lockedRows, isNew, ...rest } = impact;
    const before = names.tableBefore({ table, ...(schema !== undefined && { schema }) }, number);
    if (before === null || isNew) return undefined;
    const found = run.statistics?.tables.find(
      (each) =>
        each.table === before.table &&
        (each.schema === before.schema || (isHome(each.schema) && isHome(before.schema))),
    );
    const size = { rows: found?.rows ?? null, bytes: found?.bytes ?? null, indexBytes: found?.indexBytes ?? null };
    return {
      ...rest,
      table,
      lockedRows,
      ...(!isHome(schema) && { schema }),
      ...size,
      magnitude: magnitudeOf(lockedRows === null ? impact.work : 'rewrite', size, impact.indexes.length > 0) ?? null,
      entities: entitiesOf(before),
    };
  };

  const planned = order.map((statement, number): PlannedStatement => {
    const { impact, direction: _, ...rest } = statement;
    const tables = impact.tables.map((each) => tableOf(each, number)).filter((table) => table !== undefined);
    const magnitude =
      impact.source === 'unknown' && tables.length === 0
        ? null
        : (longest(tables.map((table) => table.magnitude ?? undefined)) ?? null);
    const { algorithm, source, reason } = impact;
    const later = order.slice(number).flatMap(({ operations }) => operations);
    const handedTo = handed({ ...statement, algorithm, tables }, schemaChange, { schema: run.schema, later });
    const isHanded = handedTo?.obstacle === null;
    const lines = revisions.find(({ revision }) => revision === statement.revision)?.lines;
    return {
      ...rest,
      line: lines?.get(statement.ordinal) ?? null,
      tables: isHanded ? tables.map((table) => ({ ...table, blocks: NOTHING })) : tables,
      algorithm,
      source,
      reason,
      handedTo,
      magnitude,
      consequence: '',
    };
  });

  const withStatements = (all: readonly PlannedStatement[]): PlannedRun =>
    new PlannedRun({
      ...run,
      revisions: revisions.map(({ revision, message, path, failure, unmeasured }): PlannedRevision => ({
        revision,
        message,
        path,
        statements: all.filter((statement) => statement.revision === revision),
        failure,
        unmeasured,
      })),
    });
  const around = new Map<PlannedStatement, Parameters<typeof consequenceOf>[1]>();
  for (const transaction of withStatements(planned).transactions()) {
    for (const [index, statement] of transaction.entries()) {
      around.set(statement, { before: transaction.slice(0, index), behind: transaction.slice(index + 1) });
    }
  }
  return withStatements(
    planned.map((statement) => ({ ...statement, consequence: consequenceOf(statement, around.get(statement)) })),
  );
}

const NOTHING = { reads: false, writes: false, schemaChanges: false } as const;

/** Whether a program takes a statement over: what the server does in its catalogue alone stays its own. */
function handed(
  { sql, algorithm, tables, operations }: Pick<PlannedStatement, 'sql' | 'algorithm' | 'tables' | 'operations'>,
  schemaChange: PlannedSchemaChange | undefined,
  { schema, later }: Pick<RunParts, 'schema'> & { readonly later: readonly Operation[] },
): HandedStatement | null {
  const [table] = tables;
  if (schemaChange === undefined || table === undefined || algorithm === null || algorithm === 'INSTANT') return null;
  const size = { rows: table.rows ?? 0, bytes: (table.bytes ?? 0) + (table.indexBytes ?? 0) };
  if (!schemaChange.takes(sql, size)) return null;
  const isOf = (operation: Operation): boolean => 'table' in operation && operation.table === table.table;
  const afterwards = schema?.tables ?? [];
  const own = afterwards.find(({ name }) => name === table.table);
  // the schema is the one behind the run
  const before = (count: number, create: Operation['kind'], type: string, isAbout = isOf): number =>
    count -
    later.filter((one) => one.kind === create && isAbout(one)).length +
    later.filter((one) => one.kind === 'dropConstraint' && one.type === type && isOf(one)).length;
  const refers = (operation: Operation): boolean =>
    operation.kind === 'createForeignKey' &&
    (operation.table === table.table || operation.foreignKey.referencedTable === table.table);
  const keys = afterwards.flatMap(({ name, foreignKeys }) =>
    foreignKeys.filter(({ referencedTable }) => name === table.table || referencedTable === table.table),
  );
  const hasKeys = operations.some(refers) || before(keys.length, 'createForeignKey', 'foreignKey', refers) > 0;
  const hasChecks = before(own?.checks.length ?? 0, 'createCheckConstraint', 'check') > 0;
  const obstacle = hasKeys ? 'it has foreign keys' : hasChecks ? 'it has checks' : null;
  return { program: schemaChange.program, obstacle };
}

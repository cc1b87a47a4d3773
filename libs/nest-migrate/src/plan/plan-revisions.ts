import { type MeasuredStatement } from '../engines/impact/impact.js';
import { consequenceOf } from './consequence.js';
import { longest, magnitudeOf } from './magnitude.js';
import {
  type FailedStatement,
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
}

/** Puts what was measured beside what the live database tells of itself. */
export function planRevisions({ revisions, statements, entitiesOf, ...run }: PlanParts): PlannedRun {
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
    const lines = revisions.find(({ revision }) => revision === statement.revision)?.lines;
    return {
      ...rest,
      line: lines?.get(statement.ordinal) ?? null,
      tables,
      algorithm,
      source,
      reason,
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

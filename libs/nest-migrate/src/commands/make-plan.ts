import { type Engine } from '../engines/engine.js';
import { type DatabaseStatistics } from '../engines/statistics/statistics.js';
import { type MeasuredStatement } from '../engines/impact/impact.js';
import { objectChanges, ownDefinitions } from '../operations/all.js';
import { type Operation } from '../operations/operation.js';
import { touchedTables } from '../operations/touched-tables.js';
import { checkRun, isRule, ruleIdsFor, type RunFinding, worst } from '../plan/check-run.js';
import { levels } from '../plan/level.js';
import { type PlannedSchemaChange, planRevisions, type RevisionToPlan } from '../plan/plan-revisions.js';
import { type PlannedRun } from '../plan/planned-run.js';
import { tipsOf } from '../revision/traversal.js';
import { type SchemaModel } from '../schema/schema-model.js';
import { linesOfCalls } from '../script/statement-lines.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { entitiesByTable } from './entities-by-table.js';
import { marked, UNUSED_ACCEPT, unusedAccepts } from './finding.js';
import { measureRevisions } from './measured-revisions.js';
import { type PlanFinding, type PlanResult } from './plan-result.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { schemaOf } from './verified-revision.js';
import { VERIFY_RULES } from './verify.js';

/** What a plan is made for. */
export interface PlanRequest {
  /** The revisions, in the order in which they are applied. */
  readonly ids: readonly string[];
  readonly rows: readonly string[] | null;
  readonly statistics: DatabaseStatistics | undefined;
}

/** Measures revisions on scratch databases and lets the rules look at them. */
export async function makePlan(
  context: CommandContext,
  scripts: RevisionScripts,
  { ids, rows, statistics }: PlanRequest,
  common: Common & { readonly apart?: boolean },
): Promise<PlanResult> {
  const { engine } = databaseOf(context, common);
  const { ddl, transactionPerMigration } = context.options;
  const measured = await measureRevisions(context, scripts, new Set(ids), common);
  const revisions: RevisionToPlan[] = [];
  for (const id of ids) {
    const script = scripts.graph.get(id);
    const own = measured.statements.filter(({ revision }) => revision === id);
    revisions.push({
      revision: id,
      message: script.message,
      path: script.path,
      lines: await linesOf(scripts, script, own),
      failure: measured.failures.get(id) ?? null,
      unmeasured: measured.unmeasured.get(id) ?? null,
    });
  }
  const schemaChange = await schemaChangeOf(context, engine);
  const run = planRevisions({
    schemaChange,
    engine: engine.name,
    capabilities: engine.capabilities,
    rules: engine.sql.rules,
    home: engine.home,
    revisions,
    statements: measured.statements,
    schema: await schemaAfter(context, scripts, ids, measured, common),
    statistics,
    lockTimeout: ddl.lockTimeout,
    transactionPerMigration,
    entitiesOf: entitiesByTable(context.orm, engine.home),
  });
  const findings = findingsOf(
    run,
    ids.map((id) => scripts.graph.get(id)),
  );
  return {
    worst: worst(findings.filter(({ accepted }) => accepted === undefined).map(({ level }) => level)),
    rows,
    revisions: run.revisions,
    findings,
    statistics: statistics === undefined ? null : usedOf(statistics, run),
  };
}

/** How the option `onlineSchemaChange` takes statements over. */
async function schemaChangeOf(
  context: CommandContext,
  engine: Pick<Engine, 'schemaChanges'>,
): Promise<PlannedSchemaChange | undefined> {
  const { onlineSchemaChange } = context.options;
  const changes = await engine.schemaChanges?.();
  if (onlineSchemaChange === undefined || changes === undefined) return undefined;
  const { schemaChangeProgram } = await import('./schema-change-program.js');
  const program = schemaChangeProgram(context, onlineSchemaChange);
  return { program: program.name, takes: (sql, size) => changes.changeIn(sql) !== undefined && program.isFor(size) };
}

/** The schema behind the revisions, where a rule asks for it. */
async function schemaAfter(
  context: CommandContext,
  { graph }: RevisionScripts,
  ids: readonly string[],
  { statements, failures, unmeasured }: Awaited<ReturnType<typeof measureRevisions>>,
  { directory, signal, xArguments, apart }: Common & { readonly apart?: boolean },
): Promise<SchemaModel | undefined> {
  const isAsked =
    context.options.onlineSchemaChange !== undefined ||
    statements.some(({ operations }) =>
      operations
        .flatMap(objectChanges)
        .some(({ does, object }) => does === 'creates' && (object === 'foreignKey' || object === 'index')),
    );
  if (!isAsked) return undefined;
  const done = ids.filter((id) => !failures.has(id) && !unmeasured.has(id));
  return rehearse(context, { directory, signal, xArguments, apart, at: tipsOf(graph, done) }, schemaOf);
}

/** The lines of a revision's file on which its statements stand. */
async function linesOf(
  { directory }: RevisionScripts,
  { path }: RevisionScript,
  statements: readonly MeasuredStatement[],
): Promise<ReadonlyMap<number, number>> {
  if (statements.length === 0 || directory.isBundled) return new Map();
  const known = new Map<Operation, number>();
  const operations: Operation[] = [];
  for (const { operations: all } of statements) {
    for (const operation of all) {
      if (known.has(operation)) continue;
      known.set(operation, operations.length);
      operations.push(operation);
    }
  }
  const calls = operations.map((operation) => ({ verb: verbOf(operation), names: namesIn(operation) }));
  const lines = linesOfCalls(await directory.fs.readText(path), 'upgrade', calls);
  return new Map(
    statements.flatMap(({ ordinal, operations: [first] }) => {
      const line = first === undefined ? undefined : lines[known.get(first) ?? -1];
      return line === undefined ? [] : [[ordinal, line] as const];
    }),
  );
}

function verbOf(operation: Operation): string {
  return ownDefinitions.get(operation.kind)?.call(operation as never).verb ?? operation.kind;
}

function namesIn(operation: Operation): readonly string[] {
  return touchedTables(operation).flatMap(({ table, columns }) => [table, ...(columns === 'all' ? [] : columns)]);
}

function findingsOf(run: PlannedRun, scripts: readonly RevisionScript[]): readonly PlanFinding[] {
  const found = checkRun(run).map(planFinding);
  const rules = ruleIdsFor(run.engine);
  const ofRevisions = scripts.flatMap((script) => {
    const own = found.filter(({ revision }) => revision === script.id);
    const isMeasured = run.revisions.some(
      ({ revision, failure, unmeasured }) => revision === script.id && failure === null && unmeasured === null,
    );
    const strange = script.accept.filter(({ rule }) => !rules.has(rule) && !VERIFY_RULES.has(rule) && !isRule(rule));
    const unused = [
      ...(isMeasured ? unusedAccepts(own, script, rules) : []),
      ...strange.map(({ rule }) => `It accepts ${rule}, and no rule has that name.`),
    ];
    return [...marked(own, script), ...unused.map((message) => unusedAccept(script, message))];
  });
  const all = [...ofRevisions, ...found.filter(({ revision }) => revision === null)];
  const worse = (a: PlanFinding, b: PlanFinding): number =>
    Number(a.accepted !== undefined) - Number(b.accepted !== undefined) ||
    levels.indexOf(b.level) - levels.indexOf(a.level);
  return all.toSorted(worse);
}

function planFinding({ rule, title, level, revision, statement, message, instead }: RunFinding): PlanFinding {
  return {
    rule,
    title,
    level,
    revision: revision?.revision ?? null,
    direction: revision === undefined ? null : 'upgrade',
    statement: statement?.ordinal ?? null,
    sql: statement?.sql ?? revision?.failure?.sql ?? null,
    path: revision?.path ?? null,
    line: statement?.line ?? null,
    message,
    instead,
    operations: statement?.operations ?? [],
    schema: [],
  };
}

function unusedAccept({ id, path }: RevisionScript, message: string): PlanFinding {
  return {
    rule: UNUSED_ACCEPT,
    title: 'accepts a finding that there is not',
    level: 'warning',
    revision: id,
    direction: null,
    statement: null,
    sql: null,
    path,
    line: null,
    message,
    instead: 'Take it out of the constant accept.',
    operations: [],
    schema: [],
  };
}

/** The statistics of the tables that a run is about. */
function usedOf(statistics: DatabaseStatistics, run: PlannedRun): DatabaseStatistics {
  const used = new Set(
    run.statements.flatMap((statement) => statement.tables.map((table) => run.statisticsOf(statement, table))),
  );
  return { ...statistics, tables: statistics.tables.filter((table) => used.has(table)) };
}

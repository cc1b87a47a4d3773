/** Runs of revisions on a database in memory. */
import { command } from '../../libs/nest-migrate/src/errors/wording.ts';
import { type Statement } from '../../libs/nest-migrate/src/engines/ddl/statement.ts';
import { type Operation, type Postcondition } from '../../libs/nest-migrate/src/operations/operation.ts';
import { OperationRegistry } from '../../libs/nest-migrate/src/operations/operation-registry.ts';
import { type RunEvent, type Step } from '../../libs/nest-migrate/src/runtime/events.ts';
import { type BegunRevisions, type ExecutableStep } from '../../libs/nest-migrate/src/runtime/executable-step.ts';
import { Execution } from '../../libs/nest-migrate/src/runtime/execution.ts';
import { type ExecutionOptions, type ExecutionPlan } from '../../libs/nest-migrate/src/runtime/execution-options.ts';
import { type Clock, type RunEngine, type RunPorts } from '../../libs/nest-migrate/src/runtime/ports.ts';
import { type RevisionFunction } from '../../libs/nest-migrate/src/runtime/revision-data.ts';
import { type MemoryDatabase, type MemorySession, memoryTables } from './memory-database.ts';

/** A clock whose pauses take no time: it is set forward instead. */
export class MemoryClock implements Clock {
  readonly pauses: number[] = [];
  /** Called in each pause. */
  onPause: () => void = () => undefined;
  #now = 0;

  now(): number {
    return this.#now;
  }

  async pause(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
    this.#now += milliseconds;
    await Promise.resolve();
    this.onPause();
  }
}

/** What waited too long for a lock, as a driver tells it. */
export class LockWaitTimeout extends Error {
  override readonly name = 'LockWaitTimeout';
}

/** An engine without SQL: what a revision executes is sent as it is, and everything else under the name of its verb. */
export function memoryEngine({ ddlCommits }: MemoryDatabase, session: Partial<RunEngine['session']> = {}): RunEngine {
  return {
    name: ddlCommits ? 'mysql' : 'postgres',
    capabilities: { transactionalDdl: !ddlCommits, singleConnection: false },
    sql: { transactionControl: () => undefined, lockRelease: () => undefined, quote: (...names) => names.join('.') },
    ddl: {
      statements: (operation) => [statementOf(operation)],
      format: (sql) => sql,
      holds: (postcondition) => `holds ${askedOf(postcondition)}`,
    },
    session: {
      limits: {
        read: 'limits',
        set: () => [],
        restore: () => [],
        isLockTimeout: (error) => error instanceof LockWaitTimeout,
      },
      ...session,
    },
  };
}

function statementOf(operation: Operation): Statement {
  const { kind } = operation;
  if (kind === 'execute') {
    const { sql, postcondition, repeatable } = operation;
    return { ordinal: 0, sql, effect: 'unknown', postcondition, repeatable };
  }
  if (kind === 'createIndex' && operation.concurrently === true) {
    const name = String(operation.index.name);
    return {
      ...{ ordinal: 0, sql: `create index ${name}`, effect: 'schema', outsideTransaction: true },
      ...{ cleanup: `drop index ${name}`, postcondition: { query: `create index ${name}` } },
    };
  }
  const sql = `${kind} ${'table' in operation ? operation.table : ''}`;
  return { ordinal: 0, sql, effect: 'schema', postcondition: { query: sql } };
}

/** A postcondition of a revision is written as the statement whose effect it asks for. */
function askedOf(postcondition: Postcondition): string {
  return 'query' in postcondition ? postcondition.query : postcondition.table;
}

/** Revisions by id, each on the one before: what their `upgrade` does, or both directions. */
export type Line = Readonly<
  Record<string, RevisionFunction | { readonly upgrade: RevisionFunction; readonly downgrade: RevisionFunction }>
>;

/** The steps that lead from a row of a line to its head, or to another of its revisions. */
export function upgradeFrom(line: Line, [row]: readonly string[], target?: string): readonly ExecutableStep[] {
  const ids = Object.keys(line);
  const last = target === undefined ? ids.length : ids.indexOf(target) + 1;
  return ids.slice(row === undefined ? 0 : ids.indexOf(row) + 1, last).map((id) => {
    const below = ids[ids.indexOf(id) - 1];
    return {
      ...stepOf(line, id, 'upgrade'),
      from: below === undefined ? [] : [below],
      to: [id],
      changes: [below === undefined ? { kind: 'insert', revision: id } : { kind: 'update', from: below, to: id }],
      rows: [id],
    };
  });
}

/** The step that undoes a revision of a line. */
export function downgradeOf(line: Line, id: string): ExecutableStep {
  const ids = Object.keys(line);
  const below = ids[ids.indexOf(id) - 1];
  return {
    ...stepOf(line, id, 'downgrade'),
    from: [id],
    to: below === undefined ? [] : [below],
    changes: [below === undefined ? { kind: 'delete', revision: id } : { kind: 'update', from: id, to: below }],
    rows: below === undefined ? [] : [below],
  };
}

/** The step that says that a database is at a revision. */
export function stampTo(id: string, rows: readonly string[]): ExecutableStep {
  const [row] = rows;
  return {
    ...{ direction: 'stamp', revision: id, message: '', from: rows, to: [id], rows: [id] },
    changes: [row === undefined ? { kind: 'insert', revision: id } : { kind: 'update', from: row, to: id }],
    entries: [{ revision: id, parents: [] }],
  };
}

function stepOf(
  line: Line,
  id: string,
  direction: 'upgrade' | 'downgrade',
): Pick<ExecutableStep, 'direction' | 'revision' | 'message' | 'entries' | 'body'> {
  const functions = line[id];
  const run = typeof functions === 'function' ? functions : functions[direction];
  const body = { run, service: (): undefined => undefined };
  return { direction, revision: id, message: `revision ${id}`, entries: [{ revision: id, parents: [] }], body };
}

/** How a run is made; what is not said is the simplest that there is. */
export interface MemoryRun {
  readonly line: Line;
  readonly database: MemoryDatabase;
  /** Default: one of the run's own. */
  readonly session?: MemorySession;
  /** What the engine does with sessions beyond the usual. */
  readonly engine?: Partial<RunEngine['session']>;
  readonly ports?: Partial<RunPorts>;
  /** Default: all that is to be applied. */
  readonly plan?: Partial<ExecutionPlan>;
  readonly options?: Partial<ExecutionOptions>;
  readonly begun?: Partial<BegunRevisions>;
  readonly onEvent?: (event: RunEvent) => void;
}

/** What a run told, and how it ended. */
export interface RunOutcome {
  readonly steps: readonly Step[] | undefined;
  readonly error: unknown;
  readonly events: readonly RunEvent[];
  readonly sent: readonly string[];
  readonly skipped: readonly string[];
  readonly warnings: readonly string[];
  readonly session: MemorySession;
}

/** Runs, and returns how it went: nothing is thrown. */
export async function run(of: MemoryRun): Promise<RunOutcome> {
  const { line, database } = of;
  const session = of.session ?? database.session();
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => {
    events.push(event);
    of.onEvent?.(event);
  };
  const engine = memoryEngine(database, of.engine);
  const ports: RunPorts = {
    ...{ engine, session, tables: memoryTables(), clock: new MemoryClock() },
    beside: (look) => look({ query: async () => [] }),
    withData: (work) => work({ em: { execute: (sql: string) => session.execute(sql, [], 'revision') } } as never),
    ...of.ports,
  };
  const { rows } = database.committed;
  const replan = async (now: readonly string[]): Promise<readonly ExecutableStep[]> => upgradeFrom(line, now);
  const plan = { steps: upgradeFrom(line, rows), rows, purge: false, replan, ...of.plan };
  const execution = new Execution(ports, plan, {
    ...{ about: aboutOf(engine), transactionPerMigration: true, lockWaitTimeout: 1_000 },
    limits: { lockTimeout: undefined, statementTimeout: undefined, retries: 0 },
    guard: (send) => send(),
    begun: { ...{ areForgotten: false, admit: () => undefined, exits: waysOut }, ...of.begun },
    emit,
    ...of.options,
  });
  const [steps, error] = await execution.run().then(
    (taken) => [taken, undefined] as const,
    (reason: unknown) => [undefined, reason] as const,
  );
  const texts = (type: string): readonly string[] =>
    events.flatMap((event) => (event.type === type && 'sql' in event ? [event.sql] : []));
  return {
    ...{ steps, error, events, session, sent: texts('statementStarted'), skipped: texts('statementSkipped') },
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
  };
}

const waysOut: BegunRevisions['exits'] = ({ direction, revision }) => ({
  finish: command(direction, revision),
  stamp: command('stamp', revision),
});

function aboutOf(engine: RunEngine): ExecutionOptions['about'] {
  const registry = OperationRegistry.empty;
  return { dialect: engine.name, offline: false, connection: 'default', xArguments: {}, tag: null, registry };
}

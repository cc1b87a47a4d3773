import {
  type ChangedTable,
  type SchemaChanges,
  type TableChange,
} from '../engines/schema-change/changed-by-program.js';
import { LargeTableError, LeftByProgramError } from '../errors/schema-change.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type Emit } from './events.js';
import { type RunPorts } from './ports.js';

/** A program that changes large tables. */
export interface SchemaChangeProgram {
  /** The name of the program, for people. */
  readonly name: string;
  /** Whether a table is so large that the program changes it. */
  isFor(table: Pick<ChangedTable, 'rows' | 'bytes'>): boolean;
  /**
   * Runs it until the table is changed.
   *
   * @param first What each of its sessions sends first.
   * @param onLine Called with each line that it writes.
   * @throws SchemaChangeFailedError, or the reason of the signal.
   */
  run(
    change: TableChange & { readonly schema: string },
    first: string,
    about: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
  ): Promise<void>;
}

/** How often a run looks whether it may go on while a program works, and its session is used so that it is not closed. */
const LOOK_EVERY_MS = 15_000;
/** How often a run looks whether the program of an earlier run has ended. */
const ASK_EVERY_MS = 1_000;

/** The parts that a change needs which a program may make. */
export interface HandedChangeParts {
  readonly ports: Pick<RunPorts, 'session' | 'clock'>;
  readonly changes: SchemaChanges;
  readonly change: TableChange;
  readonly revision: string;
  /** Fails where the run has to stop. */
  readonly mayGoOn: () => Promise<void>;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}

/** What ends a wait. */
type StopSigns = Pick<HandedChangeParts, 'mayGoOn' | 'signal'>;

/** A change of a table that is large, made by a program. */
export class HandedChange {
  constructor(private readonly parts: HandedChangeParts) {}

  /**
   * Clears what the program of an earlier run has left, once it has ended. Returns whether the table was changed;
   * `undefined` where nothing tells.
   */
  async settle(stop: StopSigns = this.parts): Promise<boolean | undefined> {
    const { ports, changes, change } = this.parts;
    const { session } = ports;
    const table = await changes.look(session, change);
    if (table !== undefined) await this.#ended(changes.lockOf(table.schema, change.table), stop);
    const left = await changes.left(session, change);
    if (left === undefined) return undefined;
    for (const statement of left.removal) await session.execute(statement);
    return left.isChanged;
  }

  /**
   * The table, where the program is to change it.
   *
   * @param isContinued Whether an earlier run has begun the change.
   * @throws LeftByProgramError where another program works on the table, or did.
   */
  async table(program: SchemaChangeProgram, isContinued: boolean): Promise<ChangedTable | undefined> {
    const { ports, changes, change } = this.parts;
    const table = await changes.look(ports.session, change);
    if (table === undefined || !program.isFor(table)) return undefined;
    const left = isContinued ? undefined : await changes.left(ports.session, change);
    if (left !== undefined) throw new LeftByProgramError(change.table, left.names, left.removal);
    return table;
  }

  /**
   * Has the program change the table. Where that fails, what it has left is cleared.
   *
   * @throws LargeTableError where it cannot.
   */
  async make(program: SchemaChangeProgram, table: ChangedTable): Promise<void> {
    const { changes, change, emit, revision, mayGoOn, signal } = this.parts;
    const { schema, obstacle } = table;
    if (obstacle !== undefined) throw new LargeTableError(change.table, table, program.name, obstacle);
    const about = { revision, program: program.name, table: change.table };
    emit({ type: 'schemaChangeStarted', ...about });
    const ended = new AbortController();
    const look = (): Promise<void> =>
      mayGoOn().catch((error: unknown) => {
        // its signal ends the program itself
        if (!(error instanceof RunAbortedError)) ended.abort(error);
      });
    const watch = setInterval(() => void look(), LOOK_EVERY_MS);
    try {
      await program.run({ ...change, schema }, changes.takes(changes.lockOf(schema, change.table)), {
        signal: signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]),
        onLine: (line) => emit({ type: 'schemaChangeOutput', ...about, line }),
      });
    } catch (error) {
      clearInterval(watch);
      // a run that was told to stop still has the lock, and what an interrupted program leaves is in the way of writers
      const isStopped = signal?.aborted === true && !ended.signal.aborted;
      const stop = isStopped ? { mayGoOn: async () => undefined } : this.parts;
      const isChanged = await this.settle(stop).catch(() => undefined);
      // why the run has to stop says more than that the program did
      await mayGoOn();
      if (isChanged !== true) throw error;
    } finally {
      clearInterval(watch);
    }
  }

  /** Waits until no session of a program is at work. */
  async #ended(lock: string, { mayGoOn, signal }: StopSigns): Promise<void> {
    const { ports, changes, change, emit } = this.parts;
    for (let isTold = false; ; isTold = true) {
      const holder = await changes.holder(ports.session, lock);
      if (holder === null) return;
      const message = `Waiting for the end of a program that still changes ${change.table} (connection ${holder}).`;
      if (!isTold) emit({ type: 'warning', message });
      await ports.clock.pause(ASK_EVERY_MS, signal);
      await mayGoOn();
    }
  }
}

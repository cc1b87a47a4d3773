import { type ConcurrentStatements, type Remains } from '../engines/session/concurrent-statements.js';
import { reasonOf } from '../errors/runtime.errors.js';
import { type Emit } from './events.js';
import { type RunPorts } from './ports.js';
import { short } from './wait-watch.js';

interface ConcurrentRunParts extends Pick<RunPorts, 'engine' | 'session'> {
  readonly emit: Emit;
}

/**
 * A statement that does its work in several transactions, and between them waits for the transactions of others. A build that fails leaves an invalid index behind, which is
 * enforced all the same where it is unique. That index is dropped at once.
 */
export class ConcurrentRun {
  #remains: ((error: unknown) => Promise<Remains | undefined>) | undefined;

  private constructor(
    private readonly parts: ConcurrentRunParts,
    private readonly concurrent: ConcurrentStatements,
    private readonly sql: string,
  ) {}

  /** Returns `undefined` for any other statement. */
  static of(parts: ConcurrentRunParts, sql: string): ConcurrentRun | undefined {
    const { concurrent } = parts.engine.session;
    if (concurrent === undefined || parts.session.inTransaction || !concurrent.includes(sql)) return undefined;
    return new ConcurrentRun(parts, concurrent, sql);
  }

  async prepare(): Promise<void> {
    this.#remains = await this.concurrent.watch(this.parts.session, this.sql);
  }

  /**
   * Removes what the failed statement has left behind.
   *
   * @returns whether nothing of it is left.
   */
  async cleanUp(error: unknown, send: (sql: string) => Promise<void>): Promise<boolean> {
    try {
      const remains = await this.#remains?.(error);
      if (remains === undefined) return true;
      await send(remains.drop);
      const message = `The build of index '${remains.name}' failed and left it without its rows: it was dropped.`;
      this.parts.emit({ type: 'warning', message });
      return true;
    } catch (reason) {
      const message = `What ${short(this.sql)} has left behind could not be taken away: ${reasonOf(reason)}.`;
      this.parts.emit({ type: 'warning', message });
      return false;
    }
  }
}

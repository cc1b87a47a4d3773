import { type ConcurrentStatements, type Remains } from '../engines/session/concurrent-statements.js';
import { reasonOf } from '../errors/runtime.errors.js';
import { type Emit } from './events.js';
import { describeHolder } from './describe-holder.js';
import { type RunPorts } from './ports.js';

/** When the first look is taken at what a statement waits for, and the pause between later looks, in milliseconds. */
const FIRST_LOOK_MS = 250;
const NEXT_LOOK_MS = 2_000;

interface ConcurrentRunParts extends Pick<RunPorts, 'engine' | 'session' | 'beside'> {
  readonly emit: Emit;
}

/**
 * A statement that does its work in several transactions, and between them waits for the transactions of others. It
 * takes as long as they do, so an event names them. A build that fails leaves an invalid index behind, which is
 * enforced all the same where it is unique. That index is dropped at once.
 */
export class ConcurrentRun {
  /** The sessions that the statement waited for at the last look, described for messages. */
  lastAwaited: string | undefined;
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

  /** Sends the statement, and meanwhile reports which sessions it waits for. */
  async watched<T>(sql: string, send: () => Promise<T>): Promise<T> {
    let isOver = false;
    const look = async (): Promise<void> => {
      const told = await this.#awaited(sql);
      if (isOver) return;
      if (told !== undefined && told !== this.lastAwaited) {
        this.lastAwaited = told;
        this.parts.emit({
          type: 'warning',
          message: `Waiting for ${told}: ${short(sql)} waits for it to end.`,
        });
      }
      timer = setTimeout(begin, NEXT_LOOK_MS);
    };
    // a listener that throws here ends the run with its next event
    const begin = (): void => void look().catch(() => undefined);
    let timer = setTimeout(begin, FIRST_LOOK_MS);
    try {
      return await send();
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
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

  async #awaited(sql: string): Promise<string | undefined> {
    try {
      return describeHolder(await this.concurrent.awaited(this.parts.beside, sql)) ?? undefined;
    } catch {
      return undefined; // no connection for a look
    }
  }
}

function short(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return `[${line.length <= 80 ? line : `${line.slice(0, 79)}…`}]`;
}

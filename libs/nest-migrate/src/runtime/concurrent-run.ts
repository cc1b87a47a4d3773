import { type ConcurrentStatements, type Remains } from '../engines/dialect.js';
import { reasonOf } from '../errors/runtime.errors.js';
import { type Emit } from './events.js';
import { describeHolder } from './describe-holder.js';
import { type RunPorts } from './ports.js';

/** When it is looked for the first time whom a statement waits for, and how long later again, in milliseconds. */
const FIRST_LOOK_MS = 250;
const NEXT_LOOK_MS = 2_000;

interface ConcurrentRunParts extends Pick<RunPorts, 'engine' | 'session' | 'beside'> {
  readonly emit: Emit;
}

/**
 * A statement that does its work in several transactions and waits for those of others in between. It takes as long as they do,
 * so it is said who they are; and a build that fails leaves an index behind that is not valid and, where it is unique, is
 * enforced all the same: so that goes at once.
 */
export class ConcurrentRun {
  /** Whom it waited for when it was looked at last, in words. */
  lastAwaited: string | undefined;
  #remains: ((error: unknown) => Promise<Remains | undefined>) | undefined;

  private constructor(
    private readonly parts: ConcurrentRunParts,
    private readonly concurrent: ConcurrentStatements,
    private readonly sql: string,
  ) {}

  /** `undefined` for any other statement. */
  static of(parts: ConcurrentRunParts, sql: string): ConcurrentRun | undefined {
    const { concurrent } = parts.engine;
    if (concurrent === undefined || parts.session.inTransaction || !concurrent.includes(sql)) return undefined;
    return new ConcurrentRun(parts, concurrent, sql);
  }

  async prepare(): Promise<void> {
    this.#remains = await this.concurrent.watch(this.parts.session, this.sql);
  }

  /** Sends, and tells whom the statement waits for meanwhile. */
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
    // who does not want to hear of it ends the run with its next event
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
   * Takes away what the failed statement has left.
   *
   * @returns whether there is nothing left of it.
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

import { type LockHolder } from '../engines/session/lock.js';
import { describeHolder } from './describe-holder.js';
import { type Emit } from './events.js';

/** When the first look is taken at what a statement waits for, and the pause between later looks, in milliseconds. */
const FIRST_LOOK_MS = 250;
const NEXT_LOOK_MS = 2_000;

/** How a watch looks. */
export interface WaitWatchParts {
  /** The session that a statement waits for at the moment. */
  readonly look: (sql: string) => Promise<LockHolder | null>;
  /** After how many milliseconds a statement that waits for a lock fails; absent where the options do not say. */
  readonly lockTimeout: number | undefined;
  readonly emit: Emit;
}

/** Looks from another session which session a statement waits for, while it runs, and tells it. */
export class WaitWatch {
  /** The session that the statement waited for at the last look, described for messages. */
  lastAwaited: string | undefined;

  constructor(private readonly parts: WaitWatchParts) {}

  /** Sends the statement, and meanwhile reports which sessions it waits for. */
  async watched<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const { lockTimeout, emit } = this.parts;
    let isOver = false;
    const look = async (): Promise<void> => {
      const told = await this.#awaited(sql);
      if (isOver) return;
      if (told !== undefined && told !== this.lastAwaited) {
        this.lastAwaited = told;
        emit({ type: 'warning', message: `Waiting for ${told}: ${short(sql)} waits for it to end.` });
      }
      timer = setTimeout(begin, NEXT_LOOK_MS);
    };
    // a listener that throws here ends the run with its next event
    const begin = (): void => void look().catch(() => undefined);
    // the limit may end the wait before the usual first look
    let timer = setTimeout(begin, Math.min(FIRST_LOOK_MS, (lockTimeout ?? Infinity) / 2));
    try {
      return await send();
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }

  async #awaited(sql: string): Promise<string | undefined> {
    try {
      return describeHolder(await this.parts.look(sql)) ?? undefined;
    } catch {
      return undefined; // no connection for a look, or no right to it
    }
  }
}

/** A statement for a message, on one line. */
export function short(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return `[${line.length <= 80 ? line : `${line.slice(0, 79)}…`}]`;
}

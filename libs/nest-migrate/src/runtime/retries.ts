import { type SessionLimits, type StatementLimits } from '../engines/session/limits.js';
import { reasonOf } from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type Emit } from './events.js';
import { type Clock } from './ports.js';
import { causeOf, StatementFailure } from './statement-failure.js';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** The options and ports that retries use. */
export interface RetryOptions {
  readonly engine: Pick<SessionLimits, 'isLockTimeout'> | undefined;
  readonly limits: StatementLimits;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}

/** The tries of one revision, or of one statement of it, that may be repeated. */
export class Retries {
  #done = 0;

  constructor(
    private readonly revision: string,
    private readonly options: RetryOptions,
  ) {}

  /**
   * Returns, after a pause, whether to try again after that failure.
   *
   * @throws RunAbortedError where the run is aborted during the pause.
   */
  async again(failure: unknown): Promise<boolean> {
    const { engine, limits, clock, signal, emit } = this.options;
    const error = causeOf(failure);
    if (engine?.isLockTimeout(error) !== true || this.#done >= limits.retries) return false;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** this.#done, LONGEST_PAUSE_MS);
    this.#done += 1;
    // jitter keeps two runs that blocked each other from meeting again
    const delayMs = Math.round(longest * (0.5 + Math.random()));
    const { revision } = this;
    const awaited = failure instanceof StatementFailure ? failure.statement.awaited : undefined;
    const reason = `${reasonOf(error)}${awaited === undefined ? '' : `; it waited for ${awaited}`}`;
    emit({ type: 'retrying', revision, retry: this.#done, retries: limits.retries, delayMs, reason });
    await clock.pause(delayMs, signal);
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
    return true;
  }
}

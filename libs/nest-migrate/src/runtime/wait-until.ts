import { RunAbortedError } from '../errors/stopped.errors.js';
import { type Clock } from './ports.js';
import { systemClock } from './system-clock.js';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;
const ANNOUNCE_EVERY_MS = 5_000;

/** The options of {@link waitUntil}. */
export interface WaitOptions {
  /** Milliseconds after which it stops waiting. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Default: the clock of this process. */
  readonly clock?: Clock;
  /** A description of what is awaited. */
  readonly awaited: string;
  /** Called before the first pause, and every five seconds from then on. */
  readonly announce: () => Promise<void>;
}

/**
 * Repeats the check until it succeeds or the time is up. Returns whether it succeeded, and how long that took in
 * milliseconds.
 *
 * @throws RunAbortedError where the signal fires.
 */
export async function waitUntil(
  ask: () => Promise<boolean>,
  { timeout, signal, clock = systemClock, awaited, announce }: WaitOptions,
): Promise<{ readonly isSo: boolean; readonly waitedMs: number }> {
  const start = clock.now();
  let announced = -Infinity;
  for (let delay = FIRST_PAUSE_MS; ; delay = Math.min(delay * 2, LONGEST_PAUSE_MS)) {
    if (signal?.aborted === true) {
      throw new RunAbortedError(signal.reason, `while it waited for ${awaited}: it has changed nothing`);
    }
    const isSo = await ask();
    const waited = clock.now() - start;
    if (isSo || waited >= timeout) return { isSo, waitedMs: Math.round(waited) };
    if (clock.now() - announced >= ANNOUNCE_EVERY_MS) {
      announced = clock.now();
      await announce();
    }
    // jitter keeps replicas that started together from asking together
    const length = Math.min(delay * (0.5 + Math.random()), Math.max(timeout - waited, 1));
    await clock.pause(length, signal);
  }
}

/** The signals that ask a process to end, and the exit codes that say so. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitCodes;
const signals = Object.keys(exitCodes) as StopSignal[];

/** Ctrl-C reaches every process of a terminal, and `nest start` hands it on to its child: what comes so soon is the same. */
const SAME_KEYSTROKE_MS = 300;

/** What there is to say once a signal was heard. */
export const STOPPING = 'Stopping once the current statement has ended; once more ends the process at once.';

/**
 * Hears SIGINT and SIGTERM: the first one asks the work to stop, by an `AbortSignal`, the second one ends the process. Other
 * listeners of the process hear them too.
 */
export class StopSignals {
  readonly #controller = new AbortController();
  #received: { readonly signal: StopSignal; readonly at: number; readonly othersListen: boolean } | undefined;

  /**
   * @param heard Called at the first signal.
   * @param ending Called before the second one ends the process.
   */
  constructor(
    private readonly heard: () => void,
    private readonly ending: () => void = () => undefined,
  ) {
    // first of all: a listener that hears one signal only is gone once it did, and counts as somebody who listens
    for (const signal of signals) process.prependListener(signal, this.#hear as NodeJS.SignalsListener);
  }

  /** Fires at the first signal. */
  get stop(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a process ends with that was stopped; `undefined` where no signal has come. */
  get exitCode(): number | undefined {
    return this.#received === undefined ? undefined : exitCodes[this.#received.signal];
  }

  /** Whether somebody else listened to the signal that came, and may do something about it. */
  get othersListen(): boolean {
    return this.#received?.othersListen === true;
  }

  /** Listens no longer. */
  off(): void {
    for (const signal of signals) process.off(signal, this.#hear as NodeJS.SignalsListener);
  }

  readonly #hear = (signal: StopSignal): void => {
    const now = performance.now();
    if (this.#received !== undefined) {
      if (isOnTerminal() && now - this.#received.at < SAME_KEYSTROKE_MS) return;
      this.ending();
      process.exit(exitCodes[signal]);
    }
    this.#received = { signal, at: now, othersListen: process.listenerCount(signal) > 1 };
    this.heard();
    this.#controller.abort(new Error(`Stopped by ${signal}.`));
  };
}

function isOnTerminal(): boolean {
  return process.stdout.isTTY || process.stderr.isTTY;
}

/** What {@link drained} needs of a `process.stdout`. Its own type is not there in an application without Node's types. */
interface Drainable {
  readonly destroyed: boolean;
  readonly writable: boolean;
  write(text: string, done: () => void): unknown;
}

/** Resolves once everything written to the stream has left the process, or never can. */
export function drained(stream: Drainable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

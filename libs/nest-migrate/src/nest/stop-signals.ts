/** The signals that ask a process to end, and the exit codes of a process that they ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitCodes;
const signals = Object.keys(exitCodes) as StopSignal[];

/**
 * Ctrl-C reaches every process of a terminal, and `nest start` passes it on to its child: a signal so soon is the same
 * one.
 */
const SAME_KEYSTROKE_MS = 300;

/** What to say after the first signal. */
export const STOPPING = 'Stopping once what runs now has ended; a second signal ends the process at once.';

/**
 * Listens for SIGINT and SIGTERM. The first signal asks the work to stop, by an `AbortSignal`; the second one ends the
 * process. Other listeners of the process hear the signals too.
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
    // before all others: a listener for one signal only is gone once it was called, and has to be counted
    for (const signal of signals) process.prependListener(signal, this.#hear as NodeJS.SignalsListener);
  }

  /** Fires at the first signal. */
  get stop(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code of the stopped process; `undefined` where no signal has come. */
  get exitCode(): number | undefined {
    return this.#received === undefined ? undefined : exitCodes[this.#received.signal];
  }

  /** Whether another listener heard the signal that came, and may act on it. */
  get othersListen(): boolean {
    return this.#received?.othersListen === true;
  }

  /** Stops listening. */
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

/** What {@link drained} needs of a `process.stdout`, whose own type an application without Node's types lacks. */
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

import { Logger } from '@nestjs/common';
import { drained, STOPPING, StopSignals } from './stop-signals.js';
import { errorText } from '../errors/thrown.js';

/**
 * The gates that run at the moment: those of the connections of an application run side by side. Signals are the process's,
 * and so is what hears them, for as long as there is a gate to stop.
 */
class RunningGates {
  readonly #signals: StopSignals;
  readonly #finished: Promise<void>;
  #finish: () => void = () => undefined;
  #count = 0;

  constructor(private readonly logger: Logger) {
    this.#signals = new StopSignals(() => logger.warn(STOPPING));
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
  }

  async run(gate: (stop: AbortSignal) => Promise<void>): Promise<void> {
    this.#count += 1;
    let failure: { readonly error: unknown } | undefined;
    try {
      await gate(this.#signals.stop);
    } catch (error) {
      failure = { error };
    }
    this.#count -= 1;
    if (this.#count === 0) {
      running = undefined;
      this.#signals.off();
      this.#finish();
    }
    if (this.#signals.exitCode !== undefined) {
      // Nest ends the process at the first gate that fails; the others are to finish their statements
      await this.#finished;
      await this.#end(this.#signals.exitCode, failure?.error);
    }
    if (failure !== undefined) throw failure.error;
  }

  /** Ends the process, unless somebody else has heard the signal too, who may have something to do before. */
  async #end(exitCode: number, error: unknown): Promise<void> {
    if (this.#signals.othersListen) {
      // what is thrown ends the process with 1, by Nest or as an error that nobody handles
      process.once('exit', (code) => {
        if (code === 1) process.exitCode = exitCode;
      });
      return;
    }
    this.logger.warn(errorText(error));
    Logger.flush();
    await Promise.all([drained(process.stdout), drained(process.stderr)]);
    process.exit(exitCode);
  }
}

let running: RunningGates | undefined;

/**
 * Runs a gate that SIGINT and SIGTERM stop. Nothing comes up then: where nobody else listens to the signal the process
 * ends, with exit code 130 or 143, once every gate has finished or rolled back its statement and said where things stand;
 * otherwise the gate rejects with RunAbortedError, and the process ends with that code where this would make it end with 1.
 *
 * @param gate Rejects where it was asked to stop, also where that was too late to leave anything undone, and closes what it
 * has opened before it does.
 */
export function stoppable(logger: Logger, gate: (stop: AbortSignal) => Promise<void>): Promise<void> {
  running ??= new RunningGates(logger);
  return running.run(gate);
}

import { Logger } from '@nestjs/common';
import { drained, STOPPING, StopSignals } from './stop-signals.js';
import { errorText } from '../errors/thrown.js';

/**
 * The gates that run at the moment: those of an application's connections run side by side. Signals are sent to the
 * process, so that there is one listener for all gates, for as long as a gate runs.
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
      // Nest ends the process at the first gate that fails; the others have to finish their statements
      await this.#finished;
      await this.#end(this.#signals.exitCode, failure?.error);
    }
    if (failure !== undefined) throw failure.error;
  }

  /** Ends the process, unless another listener has heard the signal too, which may have something to do before. */
  async #end(exitCode: number, error: unknown): Promise<void> {
    if (this.#signals.othersListen) {
      // what is thrown ends the process with 1, by Nest or as an unhandled error
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
 * Runs a gate that SIGINT and SIGTERM stop. The application does not start then. Where nothing else listens for the
 * signal, the process ends with exit code 130 or 143, once every gate has finished or rolled back its statement and has
 * said where the database stands. Otherwise the gate rejects with RunAbortedError, and the process ends with that exit
 * code where the error would make it end with 1.
 *
 * @param gate Rejects where it was asked to stop, also where it was asked too late to leave anything undone. It closes
 * what it has opened before it rejects.
 */
export function stoppable(logger: Logger, gate: (stop: AbortSignal) => Promise<void>): Promise<void> {
  running ??= new RunningGates(logger);
  return running.run(gate);
}

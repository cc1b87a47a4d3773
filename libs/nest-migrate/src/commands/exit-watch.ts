import { withoutControls } from '../runtime/describe-step.js';
import { nameOf } from '../errors/runtime.errors.js';
import { type Step } from '../runtime/events.js';
import { type CommandContext, type Common } from './command-context.js';
import { command, type Wording, worded } from '../errors/wording.js';

/**
 * Does the work of a command. Where the process ends meanwhile (a revision calls `process.exit`, or waits for something
 * that never happens), it ends with a message and not with the exit code 0.
 *
 * @param work Gets the options with an `onEvent` that follows the steps.
 */
export async function watchingExit<O extends Common, T>(
  { host }: CommandContext,
  options: O,
  work: (options: O) => Promise<T>,
): Promise<T> {
  let step: Step | undefined;
  const onEvent: Common['onEvent'] = (event) => {
    if (event.type === 'stepStarted') step = event.step;
    if (event.type === 'stepFinished') step = undefined;
    options.onEvent?.(event);
  };
  // the caller that asked for the end needs no message
  const unwatch = host.watchExit?.(() => (options.signal?.aborted === true ? undefined : sentenceOf(step)));
  try {
    return await work({ ...options, onEvent });
  } finally {
    unwatch?.();
  }
}

function sentenceOf(step: Step | undefined): Wording {
  const what =
    step === undefined
      ? 'before the command was done'
      : `while the ${step.direction} of ${withoutControls(nameOf(step.revision ?? 'base', step.message))} ran, which is not finished`;
  return worded`The process ended ${what}. Does a revision end the process itself, or wait for what never comes? ${command('status')} tells where the database stands.`;
}

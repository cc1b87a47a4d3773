import { withoutControls } from '../runtime/describe-step.js';
import { nameOf } from '../errors/runtime.errors.js';
import { type Step } from '../runtime/events.js';
import { type CommandContext, type Common } from './command-context.js';
import { command, type Wording, worded } from '../errors/wording.js';

/**
 * Does the work of a command, and sees to it that a process that ends meanwhile (a revision calls `process.exit`, or waits for
 * what never comes) neither ends as if all was done nor in silence.
 *
 * @param work Gets the options with ears of its own.
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
  // who asked for the end knows of it
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

import { type RunResult } from '../../commands/results.js';

/** What to say after a run that had nothing to do; `undefined` where it did something and has told so. */
export function nothingToDo({ steps, before, rows }: RunResult): string | undefined {
  if (steps.length > 0 || before.join() !== rows.join()) return undefined;
  return `Nothing to do: the database is ${rows.length === 0 ? 'at base' : `already at ${rows.join(', ')}`}.`;
}

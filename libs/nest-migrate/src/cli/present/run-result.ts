import { type RunResult } from '../../commands/results.js';

/** What was asked of a database that had nothing to do. */
export interface RunRequest {
  /** The word before the command, `db`. */
  readonly group: string;
  readonly command: 'upgrade' | 'downgrade' | 'stamp';
  /** As typed; absent for the command's default. */
  readonly target?: string;
}

/** What to say after a run that had nothing to do, and why; `undefined` where it did something and has told so. */
export function nothingToDo(
  { steps, before, rows }: RunResult,
  { group, command, target }: RunRequest,
): string | undefined {
  if (steps.length > 0 || before.join() !== rows.join()) return undefined;
  const place = rows.length === 0 ? 'at base' : `at ${rows.join(', ')}`;
  const already = rows.length === 0 ? 'at base' : `already at ${rows.join(', ')}`;
  if (target === undefined || rows.length === 0) return `Nothing to do: the database is ${already}.`;
  const isBase = /(^|@)base$/.test(target);
  if (command === 'upgrade' && isBase) {
    return `Nothing to do: an upgrade never goes down, and the database is ${place}. ${group} downgrade ${target} goes there.`;
  }
  if (command === 'upgrade' && !rows.includes(target) && !/(^|@)heads?$/.test(target)) {
    return `Nothing to do: ${target} is applied already, the database is ${place}. ${group} downgrade ${target} goes back to it.`;
  }
  if (command === 'downgrade' && isBase)
    return `Nothing to do: nothing of ${target} is applied, the database is ${place}.`;
  if (command === 'downgrade') {
    return `Nothing to do: a downgrade leaves ${target} applied, and nothing stands on it; the database is ${place}.`;
  }
  return `Nothing to do: the database is ${already}.`;
}

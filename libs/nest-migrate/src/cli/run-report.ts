import { type RunResult, type SqlResult } from '../commands/results.js';
import { nothingToDo, type RunRequest } from './present/run-result.js';
import { type Terminal } from './terminal.js';

/** The script of a run that wrote one, and nothing else: a caller who redirects stdout has a file to run. */
export function scriptOf(result: object): string | undefined {
  return 'sql' in result ? (result as SqlResult).sql : undefined;
}

/** What is left to tell of a run at its end: its progress was told as events. */
export function reportRun(
  result: RunResult | SqlResult,
  request: Omit<RunRequest, 'group'>,
  { terminal, group, signal }: { readonly terminal: Terminal; readonly group: string; readonly signal: AbortSignal },
): void {
  if ('sql' in result) {
    if (result.steps.length === 0) terminal.note('Nothing to do: the script holds no step.');
    return;
  }
  const line = nothingToDo(result, { ...request, group });
  if (line !== undefined) terminal.note(line);
  else if (signal.aborted) {
    const at = result.rows.length === 0 ? 'at base' : `at ${result.rows.join(', ')}`;
    terminal.detail(`Stopped after the last statement: nothing is left to do, the database is ${at}.`);
  }
}

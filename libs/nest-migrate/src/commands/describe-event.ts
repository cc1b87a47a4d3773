import { textOf } from '../errors/wording.js';
import { describeHolder } from '../runtime/describe-holder.js';
import { describeStep, type Emphasis } from '../runtime/describe-step.js';
import { backfillWords, rowsOf } from './backfill-words.js';
import { type MigrationEvent } from '../runtime/events.js';

export { describeHolder } from '../runtime/describe-holder.js';

/** An event as a line for people. */
export interface EventLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/**
 * The line for an event; `undefined` for events that need none.
 *
 * @param group The word of the group of commands. Default: `db`.
 */
export function describeEvent(event: MigrationEvent, emphasise?: Emphasis, group?: string): EventLine | undefined {
  switch (event.type) {
    case 'stepStarted':
      return { level: 'info', text: describeStep(event.step, emphasise) };
    case 'lockWaiting':
      return {
        level: 'info',
        text: `Waiting for the migration lock: ${describeHolder(event.holder) ?? 'another session'} holds it`,
      };
    case 'upgradeAwaited':
      return { level: 'info', text: describeWait(event) };
    case 'retrying': {
      const { revision, retry, retries, delayMs, reason } = event;
      const text = `Revision ${revision} waited too long for a lock (${reason}). Trying again in ${delayMs} ms, ${retry} of ${retries}.`;
      return { level: 'warn', text };
    }
    case 'backfillStarted':
    case 'backfillProgress':
    case 'backfillFinished':
      return event.isLogged ? { level: 'info', text: describeBackfill(event) } : undefined;
    case 'schemaChangeStarted':
      return { level: 'info', text: `${event.program} changes ${event.table}, which is large` };
    case 'schemaChangeOutput':
      return { level: 'info', text: `  ${event.line ?? ''}` };
    case 'hookStarted':
      return { level: 'info', text: `Running post-write hook '${event.hook}'` };
    case 'hookOutput':
      return { level: 'info', text: `  ${event.line}` };
    case 'warning':
      return { level: 'warn', text: textOf(event.wording ?? event.message, group) };
    default:
      return undefined;
  }
}

function describeBackfill({ type, progress }: Extract<MigrationEvent, { type: `backfill${string}` }>): string {
  const { table, done, changed, total } = progress;
  if (type === 'backfillProgress') return `Backfill of ${table}: ${backfillWords(progress)}`;
  if (type === 'backfillFinished') return `Backfill of ${table} is done: ${rowsOf(changed)} filled`;
  const size = total === null ? '' : `, about ${rowsOf(total)}`;
  return `Backfill of ${table}${size}${done === 0 ? '' : `, continued after ${rowsOf(done)}`}`;
}

function describeWait({ pending, holder }: Extract<MigrationEvent, { type: 'upgradeAwaited' }>): string {
  const count = pending.length === 1 ? '1 revision is' : `${pending.length} revisions are`;
  const what = pending.length === 0 ? 'a revision is not finished' : `${count} pending`;
  const who = describeHolder(holder);
  return `Waiting for the database to be upgraded: ${what}, ${who === null ? 'and no process is' : `${who} is`} upgrading it`;
}

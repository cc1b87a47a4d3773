import { type MigrationEvent, type Step } from '../runtime/events.js';
import { describeHolder } from '../runtime/migration-lock.js';

/** An event as a line for people. */
export interface EventLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** The line that tells of an event, or `undefined` for events that nobody needs to read. */
export function describeEvent(event: MigrationEvent): EventLine | undefined {
  switch (event.type) {
    case 'stepStarted':
      return { level: 'info', text: `Running ${describeStep(event.step)}` };
    case 'lockWaiting':
      return {
        level: 'info',
        text: `Waiting for the migration lock: ${describeHolder(event.holder) ?? 'another session'} holds it`,
      };
    case 'warning':
      return { level: 'warn', text: event.message };
    default:
      return undefined;
  }
}

/** A step in Alembic's words: `upgrade 1975ea83b712 -> 3f2a9c1b7d10, add users`; base is empty. */
function describeStep({ direction, revision, message, from, to }: Step): string {
  const name = direction === 'stamp' ? 'stamp_revision' : direction;
  const [line = ''] = message.split('\n', 1);
  const note = revision === null || line === '' ? '' : `, ${line}`;
  return `${name} ${from.join(', ')} -> ${to.join(', ')}${note}`;
}

import { type MigrationEvent, type Step } from '../runtime/events.js';
import { describeHolder } from '../runtime/migration-lock.js';

/** An event as a line for people. */
export interface EventLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** A part of a line that may stand out: what is done, or an id. */
export type Emphasis = (part: 'action' | 'revision', text: string) => string;

const none: Emphasis = (_, text) => text;

/** The line that tells of an event, or `undefined` for events that nobody needs to read. */
export function describeEvent(event: MigrationEvent, emphasise: Emphasis = none): EventLine | undefined {
  switch (event.type) {
    case 'stepStarted':
      return { level: 'info', text: describeStep(event.step, emphasise) };
    case 'lockWaiting':
      return {
        level: 'info',
        text: `Waiting for the migration lock: ${describeHolder(event.holder) ?? 'another session'} holds it`,
      };
    case 'hookStarted':
      return { level: 'info', text: `Running post-write hook '${event.hook}'` };
    case 'hookOutput':
      return { level: 'info', text: `  ${event.line}` };
    case 'warning':
      return { level: 'warn', text: event.message };
    default:
      return undefined;
  }
}

/** A step in Alembic's words: `Running upgrade 1975ea83b712 -> 3f2a9c1b7d10, add users`; base is empty. */
function describeStep({ direction, revision, message, from, to }: Step, emphasise: Emphasis): string {
  const name = direction === 'stamp' ? 'stamp_revision' : direction;
  const [line = ''] = message.split('\n', 1);
  const note = revision === null || line === '' ? '' : `, ${line}`;
  const ids = (names: readonly string[]): string => names.map((id) => emphasise('revision', id)).join(', ');
  return `${emphasise('action', `Running ${name}`)} ${ids(from)} -> ${ids(to)}${note}`;
}

import { type Step } from './events.js';

/** A part of a line that may be highlighted: the action, or an id. */
export type Emphasis = (part: 'action' | 'revision', text: string) => string;

/** A step in Alembic's words, on one line: `Running upgrade 1975ea83b712 -> 3f2a9c1b7d10, add users`; base is empty. */
export function describeStep(
  { direction, revision, message, from, to }: Pick<Step, 'direction' | 'revision' | 'message' | 'from' | 'to'>,
  emphasise: Emphasis = (_, text) => text,
): string {
  const name = direction === 'stamp' ? 'stamp_revision' : direction;
  const line = cut(firstLine(message), LONGEST_NOTE);
  const note = revision === null || line === '' ? '' : `, ${line}`;
  const ids = (names: readonly string[]): string =>
    names.map((id) => emphasise('revision', withoutControls(id))).join(', ');
  return `${emphasise('action', `Running ${name}`)} ${ids(from)} -> ${ids(to)}${withoutControls(note)}`;
}

/** The longest part of a message that is shown, in characters: enough to tell revisions apart. */
const LONGEST_NOTE = 200;

/** The text, cut where it is longer than `length` characters. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The first line of a message. */
export function firstLine(message: string): string {
  const [line = ''] = message.trim().split(/[\n\r\u0085\u2028\u2029]/, 1);
  return line;
}

/** The text on one line and without control characters that a terminal would obey. A message may contain any text. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

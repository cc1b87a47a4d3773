/**
 * A command of the group as data, such as `{ command: 'stamp', arguments: ['head'] }`. By which word the group is called, only
 * the application knows: `db`, unless it was renamed.
 */
export interface CommandReference {
  readonly command: string;
  /** The words behind the command, as a shell takes them. */
  readonly arguments: readonly string[];
}

/** A text in which commands stand as data. */
export type Wording = readonly (string | CommandReference)[];

/** The group's word, where nothing says otherwise. */
const GROUP = 'db';

/** A command to be named in a text. */
export function command(name: string, ...words: readonly string[]): CommandReference {
  return { command: name, arguments: words };
}

/**
 * A text that names commands.
 *
 * @example
 * worded`Look the name up with ${command('history')}.`;
 */
export function worded(
  texts: readonly string[],
  ...values: readonly (string | number | CommandReference | Wording)[]
): Wording {
  const parts = texts.flatMap((text, index) => [index === 0 ? '' : values[index - 1], text].flat());
  const joined: (string | CommandReference)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'object') joined.push(part);
    else if (typeof last === 'string') joined[joined.length - 1] = `${last}${part}`;
    else joined.push(String(part));
  }
  return joined.filter((part) => part !== '');
}

/** A command without the group's word, such as `stamp head`. */
export function commandLine({ command: name, arguments: words }: CommandReference): string {
  return [name, ...words].join(' ');
}

/** The text for people, with the group's word before each command. */
export function textOf(wording: string | Wording, group = GROUP): string {
  if (typeof wording === 'string') return wording;
  return wording.map((part) => (typeof part === 'string' ? part : `${group} ${commandLine(part)}`)).join('');
}

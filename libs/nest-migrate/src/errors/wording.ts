/**
 * A command as data, such as `{ command: 'stamp', arguments: ['head'] }`. It does not say by which word the application
 * calls the group of commands, which is `db` unless the application has renamed it.
 */
export interface CommandReference {
  /** The command's name without the word of the group, such as `stamp` or `ensure-version`. */
  readonly command: string;
  /** The words behind the name, as they are typed in a shell. */
  readonly arguments: readonly string[];
}

/** A text in parts: strings, and the commands that it names. */
export type Wording = readonly (string | CommandReference)[];

/** The word of the group of commands, unless the application has renamed it. */
const GROUP = 'db';

/** A command for a text. */
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

/** A command without the word of the group, such as `stamp head`. */
export function commandLine({ command: name, arguments: words }: CommandReference): string {
  return [name, ...words].join(' ');
}

/** The text for a person, with the word of the group before each command. */
export function textOf(wording: string | Wording, group = GROUP): string {
  if (typeof wording === 'string') return wording;
  return wording.map((part) => (typeof part === 'string' ? part : `${group} ${commandLine(part)}`)).join('');
}

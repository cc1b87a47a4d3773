import { Misuse } from './misuse.js';

/** An option of a command. It is kept under the name of its long flag in camel case: `revId` is `--rev-id`. */
export interface Option<T> {
  /** As commander reads them: `-m, --message <text>`. */
  readonly flags: string;
  readonly description: string;
  /**
   * Makes the value of what was typed; absent where the option takes none.
   *
   * @param before What the same option had given already, in the same command line.
   * @throws Misuse where the option can't take the text.
   */
  read?(text: string, before?: T): T;
}

/** The options of a command by their names, in the order of its help. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** What a command gets for the options that it declares: nothing for those that were not given. */
export type OptionValues<O extends Options> = {
  readonly [K in keyof O]?: O[K] extends Option<infer T> ? T : never;
};

/** An option that is given or not. */
export function flag(flags: string, description: string): Option<boolean> {
  return { flags, description };
}

/** An option that takes text. The last one counts where it is given twice. */
export function text(flags: string, description: string): Option<string> {
  return { flags, description, read: (typed) => typed };
}

/** An option that takes one of a few words, which `<…>` of its flags lists as well. */
export function choice<T extends string>(flags: string, description: string, values: readonly T[]): Option<T> {
  const [long] = /--[\w-]+/.exec(flags) ?? [''];
  const read = (typed: string): T => {
    const value = values.find((each) => each === typed);
    if (value !== undefined) return value;
    throw new Misuse(`${long} is ${values.map((each) => `'${each}'`).join(' or ')}, not '${typed}'`);
  };
  return { flags, description, read };
}

/** An option for names: it may be repeated, and several names may be joined with commas. */
export function names(flags: string, description: string): Option<readonly string[]> {
  const read = (typed: string, before: readonly string[] = []): readonly string[] =>
    [...before, ...typed.split(',').map((name) => name.trim())].filter((name) => name !== '');
  return { flags, description, read };
}

/** Names as the service takes them: one alone is no list, since only then may it be a symbol such as `heads`. */
export function oneOrMany<T extends readonly string[] | undefined>(given: T): T | string {
  return given?.length === 1 ? given[0] : given;
}

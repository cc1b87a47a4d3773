/** What is typed behind a command's name, and is no option. */
export interface Argument<T> {
  readonly description: string;
  /** Whether the command is refused without it. */
  readonly required: boolean;
  /** Whether it takes all words that are left. */
  readonly takesRest: boolean;
  read(words: readonly string[]): T;
}

/** The arguments of a command by their names, in the order in which they are typed. */
export type Arguments = Readonly<Record<string, Argument<unknown>>>;

/** What a command gets for the arguments that it declares. */
export type ArgumentValues<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends Argument<infer T> ? T : never;
};

/** One word, which may be missing: `[revision]`. */
export function optionalWord(description: string): Argument<string | undefined> {
  return { description, required: false, takesRest: false, read: ([word]) => word };
}

/** One word, which has to be there: `<table>`. */
export function oneWord(description: string): Argument<string> {
  return { description, required: true, takesRest: false, read: ([word = '']) => word };
}

/** Any number of words: `[revisions...]`, or `<revisions...>` where one is needed at least. */
export function words(description: string, { required = false } = {}): Argument<readonly string[]> {
  return { description, required, takesRest: true, read: (all) => all };
}

/** How a usage line writes an argument: `[revision]`, `<revisions...>`. */
export function argumentTerm(name: string, { required, takesRest }: Argument<unknown>): string {
  const term = takesRest ? `${name}...` : name;
  return required ? `<${term}>` : `[${term}]`;
}

/** The values of arguments, by name. */
export function argumentValues(declared: Arguments, typed: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, argument], index) => [
      name,
      argument.read(typed.slice(index, argument.takesRest ? undefined : index + 1)),
    ]),
  );
}

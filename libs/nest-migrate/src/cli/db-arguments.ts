/**
 * The arguments as they were typed: `nest start --no-shell` hands over every argument with the quotes that were meant
 * for a shell. They are recognised by the first, which is a plain word where nothing was quoted.
 */
export function unquoteArguments(argv: readonly string[]): readonly string[] {
  const [first = ''] = argv;
  return /^"[^"]*"$/.test(first) ? argv.map(unquote) : argv;
}

/** Whether the command line is one of the group's, and not the application's own. */
export function isDbCommand(argv: readonly string[], group: string): boolean {
  return unquoteArguments(argv)[0] === group;
}

/**
 * What follows the group's name. The name itself may be missing; a `--` right after it, which some package managers
 * pass on, is dropped.
 */
export function groupArguments(argv: readonly string[], group: string): readonly string[] {
  const typed = unquoteArguments(argv);
  const rest = typed[0] === group ? typed.slice(1) : typed;
  return rest[0] === '--' ? rest.slice(1) : rest;
}

function unquote(argument: string): string {
  try {
    const value: unknown = JSON.parse(argument);
    return typeof value === 'string' ? value : argument;
  } catch {
    return argument;
  }
}

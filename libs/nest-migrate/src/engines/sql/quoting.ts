/** One identifier quoted for itself: a dot inside it stays part of the name, a quote character is doubled. */
export function quoteIdentifier(name: string, mark: '"' | '`'): string {
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** Identifiers quoted one by one and joined with dots; absent ones are left out. */
export function quoteQualified(names: readonly (string | undefined)[], mark: '"' | '`'): string {
  return names
    .filter((name) => name !== undefined && name !== '')
    .map((name) => quoteIdentifier(name!, mark))
    .join('.');
}

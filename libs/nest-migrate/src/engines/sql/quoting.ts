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

/** The name that a quoted identifier says: `"a""b"`, `` `a` ``, `[a]`. */
export function unquoteIdentifier(quoted: string): string {
  const close = quoted.slice(-1);
  const inner = quoted.slice(1, -1);
  return close === ']' ? inner : inner.replaceAll(close + close, close);
}

/** A text as a standard string literal, where a backslash is a backslash. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text as a string literal of an engine, or of a setting, under which a backslash escapes. */
export function quoteEscapedString(text: string): string {
  return quoteString(text.replaceAll('\\', '\\\\'));
}

/** What a standard string literal says. */
export function unquoteString(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("''", "'");
}

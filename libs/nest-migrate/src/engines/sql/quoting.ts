/** One quoted identifier: a dot inside it stays part of the name, and a quote character is doubled. */
export function quoteIdentifier(name: string, mark: '"' | '`'): string {
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** Identifiers, each quoted, joined with dots; absent ones are left out. */
export function quoteQualified(names: readonly (string | undefined)[], mark: '"' | '`'): string {
  return names
    .filter((name) => name !== undefined && name !== '')
    .map((name) => quoteIdentifier(name!, mark))
    .join('.');
}

/** The name in a quoted identifier: `"a""b"`, `` `a` ``, `[a]`. */
export function unquoteIdentifier(quoted: string): string {
  const close = quoted.slice(-1);
  const inner = quoted.slice(1, -1);
  return close === ']' ? inner : inner.replaceAll(close + close, close);
}

/** A text as a standard string literal, in which a backslash is an ordinary character. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text as a string literal in which a backslash escapes, as on some engines or under some settings. */
export function quoteEscapedString(text: string): string {
  return quoteString(text.replaceAll('\\', '\\\\'));
}

/** The text of a standard string literal. */
export function unquoteString(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("''", "'");
}

/** Statements for between `begin` and `end`: the last one ends with a semicolon as well. */
export function terminated(body: string): string {
  return /;\s*$/.test(body) ? body.trim() : `${body.trim()};`;
}

/** The body of a routine as a block: as it is where it is one. */
export function asBlock(body: string): string {
  return /^begin\b/i.test(body.trim()) ? body.trim() : `begin ${terminated(body)} end`;
}

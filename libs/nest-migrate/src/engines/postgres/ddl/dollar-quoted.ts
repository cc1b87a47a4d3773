/** SQL as a dollar-quoted literal, with a tag that does not occur in it. */
export function dollarQuoted(sql: string): string {
  let tag = '$$';
  for (let number = 1; sql.includes(tag); number++) tag = `$body${number}$`;
  return `${tag}${sql}${tag}`;
}

const LIMIT = 63;

/**
 * The name that PostgreSQL itself makes of the names of a table and of columns: `book_isbn_key`. Where it would be too
 * long, the longer of the two is cut until it fits. A name that is taken is not looked for.
 */
export function objectName(table: string, columns: readonly string[], label: string): string {
  const second = columns.length === 0 ? '' : bytesOf(columns.join('_'), LIMIT);
  const overhead = Buffer.byteLength(label) + 1 + (second === '' ? 0 : 1);
  let [first, last] = [Buffer.byteLength(table), Buffer.byteLength(second)];
  while (first + last > LIMIT - overhead) {
    if (first > last) first -= 1;
    else last -= 1;
  }
  return [bytesOf(table, first), bytesOf(second, last), label].filter((part) => part !== '').join('_');
}

/** As many whole characters of a text as have room in a number of bytes. */
function bytesOf(text: string, bytes: number): string {
  let cut = '';
  for (const character of text) {
    if (Buffer.byteLength(cut + character) > bytes) break;
    cut += character;
  }
  return cut;
}

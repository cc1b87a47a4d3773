/** Names of objects say which cell they belong to, so that many cells share one database. */

/** In front of the name of each object of a cell. */
export function prefixOf(cell: number): string {
  return `c${cell}_`;
}

/** The cell that a text is about: that of the first name of an object in it. */
export function cellIn(text: string): number | undefined {
  const found = /(?<![A-Za-z0-9])c(\d+)_/.exec(text);
  return found === null ? undefined : Number(found[1]);
}

/** All cells that a text is about. */
export function cellsIn(text: string): readonly number[] {
  return [...text.matchAll(/(?<![A-Za-z0-9])c(\d+)_/g)].map(([, number]) => Number(number));
}

/** The text without the number of its cell. */
export function withoutCell(text: string): string {
  return text.replaceAll(/(?<![A-Za-z0-9])c\d+_/g, '');
}

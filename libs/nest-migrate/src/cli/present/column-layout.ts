import { type Page } from '../palette.js';
import { padded, type StyledLine, widthOf, written } from './styled-line.js';

/** What is left for the last column at least, as long as the page is not narrower than that anyway. */
const spaceForLast = 24;

/**
 * Rows as a table: each column as wide as its widest cell, the last one cut at the page's end. A cell wider than a third
 * of the page (the parents of a merge; in the column before the last, than half of it) makes no room on every row: it
 * pushes its own aside.
 */
export function inColumns(rows: readonly (readonly StyledLine[])[], page: Page): readonly string[] {
  const count = Math.max(0, ...rows.map((row) => row.length)) - 1;
  let room = Math.max(0, (page.width ?? Infinity) - spaceForLast);
  const widths = Array.from({ length: count }, (_, column) => {
    const most = Math.min(room, (page.width ?? Infinity) / (column < count - 1 ? 3 : 2));
    const fitting = rows.map((row) => widthOf(row[column] ?? []) + gap).filter((width) => width <= most);
    const width = Math.max(0, ...fitting.filter((each) => each > gap));
    room -= width;
    return width;
  });
  return rows.map((row) => {
    const line = row.flatMap((cell, column) => (column < count ? withGap(cell, widths[column]) : cell));
    return written(line, page);
  });
}

const gap = 2;

/** A column that holds nothing takes no room. */
function withGap(cell: StyledLine, width: number): StyledLine {
  const wide = widthOf(cell);
  return padded(cell, wide + gap > width && wide > 0 ? wide + gap : width);
}

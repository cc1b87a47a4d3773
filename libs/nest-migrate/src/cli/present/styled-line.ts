import { type Page, type Style } from '../palette.js';

/** A piece of text of one kind. */
export type Segment = readonly [style: Style, text: string];

/** A line whose parts know what they are, so that it can be measured, cut and coloured. */
export type StyledLine = readonly Segment[];

/** The line as it is written on a page: cut to its width with an ellipsis, and coloured. */
export function written(line: StyledLine, page: Page): string {
  if (page.width === undefined) return paintAll(line, page);
  return paintAll(cut(line.map(withoutControls), page.width), page);
}

/** How many columns of a terminal the line takes. */
export function widthOf(line: StyledLine): number {
  return line.reduce((sum, [, text]) => sum + textWidth(text), 0);
}

/** The line with blanks behind it, as wide as asked. A wider one stays as it is. */
export function padded(line: StyledLine, width: number): StyledLine {
  const missing = width - widthOf(line);
  return missing > 0 ? [...line, ['plain', ' '.repeat(missing)]] : line;
}

function paintAll(line: StyledLine, page: Page): string {
  return line
    .map(([style, text]) => page.paint(style, text))
    .join('')
    .trimEnd();
}

function cut(line: StyledLine, width: number): StyledLine {
  if (widthOf(line) <= width) return line;
  const kept: Segment[] = [];
  let left = width - 1;
  for (const [style, text] of line) {
    let fitting = '';
    for (const character of text) {
      left -= textWidth(character);
      if (left < 0) return [...kept, [style, fitting.trimEnd()], ['plain', '…']];
      fitting += character;
    }
    kept.push([style, fitting]);
  }
  return kept;
}

/** Control characters would move the cursor, or worse; a script may hold any. */
function withoutControls([style, text]: Segment): Segment {
  return [style, text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')];
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function textWidth(text: string): number {
  // of the plain letters that text is mostly made of, each takes one column
  if (/^[\u0020-\u02ff]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

import { escapeComment } from './revision-template.js';

/** The length of a line: two columns less than the usual setting of Prettier. */
const WIDTH = 100;

/** What a reviewer should check, as a comment for the top of a revision; empty where there is nothing. */
export function warningSummary(warnings: readonly string[]): string {
  if (warnings.length === 0) return '';
  const lines = ['Look at this before it runs:', ...warnings.flatMap((warning) => wrapped(escapeComment(warning)))];
  return `/*\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}

/** What was found out about a revision, as a comment for its top; empty where there is nothing. */
export function noteComment(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const lines = notes.flatMap((note) => wrapped(escapeComment(note), ['', '']));
  return `/*\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}

/** A text wrapped into lines: `marks` begin the first one and the others. By default those of a list. */
function wrapped(text: string, [first, other] = ['- ', '  ']): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH - 3) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? first : other}${word}`);
  }
  return lines;
}

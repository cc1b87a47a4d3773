import { type TextEdit } from './rewritten-body.js';

/** How many lines that stay are shown around those that change. */
const AROUND = 3;

/** Edits of a text as `diff -u` prints them, without the names of the files. */
export function textDifference(text: string, edits: readonly TextEdit[]): readonly string[] {
  const lines = linesOf(text);
  const hunks: { from: number; to: number; readonly changes: LineChange[] }[] = [];
  for (const change of edits.toSorted((a, b) => a.start - b.start).map((edit) => lineChange(text, edit))) {
    const from = Math.max(0, change.from - AROUND);
    const to = Math.min(lines.length, change.from + change.removed.length + AROUND);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) {
      last.to = to;
      last.changes.push(change);
    } else hunks.push({ from, to, changes: [change] });
  }
  let shift = 0;
  return hunks.flatMap(({ from, to, changes }) => {
    const body: string[] = [];
    let at = from;
    for (const { from: start, removed, added } of changes) {
      body.push(...lines.slice(at, start).map((line) => ` ${line}`));
      body.push(...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`));
      at = start + removed.length;
    }
    body.push(...lines.slice(at, to).map((line) => ` ${line}`));
    const grown = changes.reduce((sum, { removed, added }) => sum + added.length - removed.length, 0);
    const head = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@`;
    shift += grown;
    return [head, ...body];
  });
}

/** An edit as whole lines: the first one that goes, from 0, and what stands there then. */
interface LineChange {
  readonly from: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function lineChange(text: string, { start, end, text: other }: TextEdit): LineChange {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const isWhole = (start === lineStart && (end === start || text[end - 1] === '\n')) || end === text.length;
  const next = text.indexOf('\n', end);
  const lineEnd = isWhole ? end : next === -1 ? text.length : next + 1;
  const before = text.slice(lineStart, lineEnd);
  const after = text.slice(lineStart, start) + other + text.slice(end, lineEnd);
  const [removed, added] = [linesOf(before), linesOf(after)];
  const changed = removed.findIndex((line, index) => line !== added[index]);
  const same = changed === -1 ? Math.min(removed.length, added.length) : changed;
  return {
    from: text.slice(0, lineStart).split('\n').length - 1 + same,
    removed: removed.slice(same),
    added: added.slice(same),
  };
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

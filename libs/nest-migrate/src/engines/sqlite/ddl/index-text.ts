import { nameOf, tokens } from '../tokens.js';

/** A `create index` statement, split into its parts. */
export interface IndexSource {
  readonly unique: boolean;
  /** The statement from the table's name on. */
  readonly rest: string;
  /** Each key part as written in the statement. */
  readonly parts: readonly string[];
  /** The condition of a partial index. */
  readonly where?: string;
}

export function parseIndex(sql: string): IndexSource | undefined {
  const all = tokens(sql);
  const unique = all[1]?.code === 'unique';
  const on = all.findIndex(({ code }, index) => index > 1 && code === 'on');
  const open = all[on + 2];
  if (on === -1 || open?.code !== '(') return undefined;
  const parts: string[] = [];
  let depth = 0;
  let start = open.end;
  for (const [index, token] of all.entries()) {
    if (index < on + 2 || token.kind !== 'symbol') continue;
    if (token.code === '(') depth += 1;
    if (token.code === ')') depth -= 1;
    if ((token.code === ',' && depth === 1) || depth === 0) {
      parts.push(sql.slice(start, token.start).trim());
      start = token.end;
    }
    if (depth > 0) continue;
    const next = all[index + 1];
    const where = next?.code === 'where' ? sql.slice(next.end).replace(/;\s*$/, '').trim() : undefined;
    return { unique, rest: sql.slice(all[on + 1]?.start), parts, ...(where !== undefined && { where }) };
  }
  return undefined;
}

/** The statement of the same index under another name, which must be quoted. */
export function renamedIndex(sql: string, quotedName: string): string {
  const all = tokens(sql);
  const on = all.findIndex(({ code }, index) => index > 1 && code === 'on');
  const unique = all[1]?.code === 'unique' ? 'unique ' : '';
  return `create ${unique}index ${quotedName} ${sql.slice(all[on]?.start)}`;
}

/** One key part: what it indexes, and how. */
export interface IndexPart {
  /** Absent for an expression. */
  readonly column?: string;
  readonly collation?: string;
  readonly descending: boolean;
}

export function parseIndexPart(part: string): IndexPart {
  const all = [...tokens(part)];
  const last = all.at(-1);
  const sorted = last !== undefined && (last.code === 'asc' || last.code === 'desc');
  const descending = last?.code === 'desc';
  if (sorted) all.pop();
  const collated = all.length === 3 && all[1]?.code === 'collate' ? all[2] : undefined;
  const [first] = all;
  const isColumn = first !== undefined && first.kind !== 'symbol' && (all.length === 1 || collated !== undefined);
  return {
    descending,
    ...(isColumn && { column: nameOf(first) }),
    ...(collated !== undefined && { collation: nameOf(collated) }),
  };
}

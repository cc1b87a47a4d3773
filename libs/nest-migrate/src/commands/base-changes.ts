import { objectChanges } from '../operations/all.js';
import { type ObjectChange, type ObjectKind } from '../operations/object-change.js';
import { type Operation } from '../operations/operation.js';
import { type RevisionPart } from '../script/revision-statements.js';

/** Something that a published revision renames, drops or changes. */
export interface BaseChange {
  /** The id of the revision. */
  readonly revision: string;
  /** The names that code has which is about it: of the table, of the table and its column. */
  readonly names: readonly string[];
  /** What became of it, as the end of a sentence. */
  readonly what: string;
}

/** What operations take from code that was written before them. What they add is in the way of nothing. */
export function changesOf(revision: string, operations: readonly Operation[]): readonly BaseChange[] {
  return operations.flatMap(objectChanges).flatMap(({ does, object, table, name, after }): readonly BaseChange[] => {
    const what = after === undefined ? WHAT[does] : `is ${after.name} now`;
    if (what === undefined || name === undefined || !NAMED[object]?.includes(does)) return [];
    return [{ revision, names: object === 'column' ? [table ?? '', name] : [name], what }];
  });
}

const WHAT: Partial<Record<ObjectChange['does'], string>> = { drops: 'is dropped', alters: 'is changed' };

/** What SQL and code name, and what of it they may not survive. */
const NAMED: Partial<Record<ObjectKind, readonly ObjectChange['does'][]>> = {
  table: ['renames', 'drops'],
  column: ['renames', 'drops', 'alters'],
  view: ['drops'],
  materializedView: ['drops'],
  enum: ['drops', 'alters'],
  sequence: ['renames', 'drops'],
};

/** The changes that code names, each once. */
export function namedIn(parts: readonly RevisionPart[], changes: readonly BaseChange[]): readonly NamedChange[] {
  const found = new Map<BaseChange, NamedChange>();
  for (const part of parts) {
    const words = wordsIn(part.code);
    for (const change of changes) {
      if (found.has(change) || !change.names.every((name) => words.has(name.toLowerCase()))) continue;
      found.set(change, { change, line: lineIn(part, change.names.at(-1) ?? '') });
    }
  }
  return [...found.values()];
}

/** A change, and the line of the code that names what is changed. */
export interface NamedChange {
  readonly change: BaseChange;
  readonly line: number;
}

/** SQL does not tell capitals, so that the words of both are small. */
function wordsIn(code: string): ReadonlySet<string> {
  return new Set(code.toLowerCase().match(WORD) ?? []);
}

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

function lineIn({ code, line }: RevisionPart, name: string): number {
  const lines = code.split('\n');
  const index = lines.findIndex((text) => wordsIn(text).has(name.toLowerCase()));
  return line + Math.max(0, index);
}

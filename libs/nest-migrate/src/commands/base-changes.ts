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
  return operations.flatMap((operation): readonly BaseChange[] => {
    const of = (names: readonly string[], what: string): readonly BaseChange[] => [{ revision, names, what }];
    switch (operation.kind) {
      case 'renameTable':
        return of([operation.from], `is ${operation.to} now`);
      case 'dropTable':
        return of([operation.table], 'is dropped');
      case 'renameColumn':
        return of([operation.table, operation.from], `is ${operation.to} now`);
      case 'dropColumn':
        return of([operation.table, operation.column], 'is dropped');
      case 'alterColumn':
        return of([operation.table, operation.column], 'is changed');
      case 'alterEnum':
        return of([operation.name], 'is changed');
      case 'dropView':
      case 'dropMaterializedView':
        return of([operation.view], 'is dropped');
      case 'dropEnum':
      case 'dropSequence':
        return of([operation.name], 'is dropped');
      default:
        return [];
    }
  });
}

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

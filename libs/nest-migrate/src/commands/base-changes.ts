import { objectChanges } from '../operations/all.js';
import { type ObjectChange, type ObjectKind } from '../operations/object-change.js';
import { type Operation } from '../operations/operation.js';
import { displayName } from '../schema/schema-model.js';
import { type RevisionPart } from '../script/revision-statements.js';

/** Something that a published revision renames, drops or changes. */
export interface BaseChange {
  /** The id of the revision. */
  readonly revision: string;
  /** The names that code has which is about it: of the table, of the table and its column. */
  readonly names: readonly string[];
  /** Whether it is a value, which code has in quotation marks. */
  readonly isValue?: boolean;
  /** What became of it, as the end of a sentence. */
  readonly what: string;
}

/** What operations take from code that was written before them. What they add is in the way of nothing. */
export function changesOf(revision: string, operations: readonly Operation[]): readonly BaseChange[] {
  return operations.flatMap(objectChanges).flatMap(({ does, object, table, name, after }): readonly BaseChange[] => {
    const what = after === undefined ? WHAT[does] : `is ${displayName(after)} now`;
    if (what === undefined || name === undefined || !NAMED[object].includes(does)) return [];
    const names = table === undefined || object === 'table' ? [name] : [table, name];
    return [{ revision, names, what, ...(object === 'enumValue' && { isValue: true }) }];
  });
}

const WHAT: Partial<Record<ObjectChange['does'], string>> = { drops: 'is dropped', alters: 'is changed' };

const GONE = ['renames', 'drops'] as const;

/**
 * What of an object code that names it may not survive. It survives another comment of a table, other partitions and row
 * level security, and a sequence that goes on elsewhere.
 */
const NAMED: Readonly<Record<ObjectKind, readonly ObjectChange['does'][]>> = {
  schema: GONE,
  table: GONE,
  partition: GONE,
  column: [...GONE, 'alters'],
  index: GONE,
  primaryKey: GONE,
  foreignKey: GONE,
  unique: GONE,
  check: GONE,
  trigger: GONE,
  policy: GONE,
  view: GONE,
  materializedView: GONE,
  routine: GONE,
  sequence: GONE,
  enum: [...GONE, 'alters'],
  enumValue: GONE,
};

/** The changes that code names, each once. */
export function namedIn(parts: readonly RevisionPart[], changes: readonly BaseChange[]): readonly NamedChange[] {
  return changes
    .flatMap((change) => {
      const patterns = change.names.map((name) => patternOf(name, change));
      const part = parts.find(({ code }) => patterns.every((pattern) => pattern.test(code)));
      const last = patterns.at(-1);
      return part === undefined || last === undefined ? [] : [{ change, line: lineIn(part, last) }];
    })
    .sort((a, b) => a.line - b.line);
}

/** A change, and the line of the code that names what is changed. */
export interface NamedChange {
  readonly change: BaseChange;
  readonly line: number;
}

/** A name as it stands in code, not as a part of another one. SQL does not tell capitals. */
function patternOf(name: string, { isValue = false }: BaseChange): RegExp {
  const text = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return isValue
    ? new RegExp(`(['"\`])${text}\\\\?\\1`, 'u')
    : new RegExp(`(?<![\\p{L}\\p{N}_$])${text}(?![\\p{L}\\p{N}_$])`, 'iu');
}

function lineIn({ code, line }: RevisionPart, pattern: RegExp): number {
  return (
    line +
    Math.max(
      0,
      code.split('\n').findIndex((text) => pattern.test(text)),
    )
  );
}

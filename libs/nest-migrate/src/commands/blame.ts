import { type LexicalRules } from '../engines/sql/sql-lexer.js';
import { valueOf, wordsOf } from '../engines/sql/sql-words.js';
import { BlameNameError } from '../errors/usage.errors.js';
import { describeOperation, objectChanges } from '../operations/all.js';
import { type NamedPlace, NameTrail } from '../operations/name-trail.js';
import { type Operation } from '../operations/operation.js';
import { freeSql, touchedTables } from '../operations/touched-tables.js';
import { allChildren } from '../revision/traversal.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RecordedRevision, type RecordingObstacle, recorder } from './recorded-revisions.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';

export type { RecordingObstacle } from './recorded-revisions.js';

/**
 * Options of `blame`.
 *
 * @example
 * const { touched } = await migrations.blame({ name: 'book.isbn' });
 */
export interface BlameOptions extends Common {
  /** The table or the column, as it is called at the heads: `book`, `book.isbn`, `archive.book` with its schema. */
  name: string;
}

/** A revision that touched a table or a column. */
export interface TouchingRevision {
  /** The revision. */
  readonly revision: RevisionInfo;
  /** What the table or the column was called once the revision was applied, or before where it took it away. */
  readonly names: readonly string[];
  /** What it did to it, in words, one text an operation. */
  readonly operations: readonly string[];
}

/** A revision of which not everything is known that it does. */
export interface UnrecordedRevision {
  /** The revision. */
  readonly revision: RevisionInfo;
  /** Why: it asks the database, works on rows with code, fails without a database, does not end, or does not load. */
  readonly obstacle: RecordingObstacle;
}

/** Who touched a table or a column. */
export interface BlameResult {
  /** Newest first. */
  readonly touched: readonly TouchingRevision[];
  /** Those that may have touched it too, since they cannot be recorded without a database; newest first. */
  readonly unrecorded: readonly UnrecordedRevision[];
}

/**
 * The revisions that touched a table or a column, by what their `upgrade` does without a database. Names are followed
 * back through renames. Asks no database.
 *
 * @throws BlameNameError where the name is not that of a table or a column.
 */
export async function blame(context: CommandContext, options: BlameOptions): Promise<BlameResult> {
  const all = await readScripts(context, options);
  // what a squash replaces tells more than the squash, as long as it is there
  const scripts = { ...all, graph: all.graph.unsquashed };
  const record = recorder(context, scripts);
  const recorded = new Map<string, RecordedRevision>();
  // one by one: a revision may do more than call verbs
  for (const id of scripts.graph.oldestFirst) recorded.set(id, await record(scripts.graph.get(id)));
  const rules = databaseOf(context).engine.sql.rules;
  const readings = readingsOf(options.name).map((place) => {
    // without a schema any is meant
    const schemas = place.schema === undefined ? schemasOf(place.table, recorded.values()) : [];
    return trace(scripts, recorded, { places: [place, ...schemas.map((schema) => ({ ...place, schema }))], rules });
  });
  const touched = readings.find((reading) => reading.length > 0) ?? [];
  const unrecorded = scripts.graph.newestFirst.flatMap((id) => {
    const { obstacle = null } = recorded.get(id) ?? {};
    return obstacle === null ? [] : [{ revision: revisionInfo(scripts, id), obstacle }];
  });
  return { touched, unrecorded };
}

interface Asked {
  readonly places: readonly NamedPlace[];
  readonly rules: LexicalRules;
}

/** What a name may mean, the likeliest first. */
function readingsOf(name: string): readonly NamedPlace[] {
  const parts = name.split('.');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length > 3 || parts.some((part) => part.trim() === '')) throw new BlameNameError(name);
  if (parts.length === 3) return [{ schema: first, table: second, column: third }];
  return parts.length === 2
    ? [
        { table: first, column: second },
        { schema: first, table: second },
      ]
    : [{ table: first }];
}

function trace(
  scripts: RevisionScripts,
  recorded: ReadonlyMap<string, RecordedRevision>,
  { places, rules }: Asked,
): readonly TouchingRevision[] {
  const { graph } = scripts;
  const operationsOf = (id: string): readonly Operation[] => recorded.get(id)?.operations ?? [];
  const marked = new Map<string, Marked>();
  let isKnown = places.every(({ column }) => column === undefined);

  /** The trail before each revision that is done. */
  const before = new Map<string, NameTrail>();
  for (const id of graph.newestFirst) {
    const above = allChildren(graph, id).flatMap((child) => before.get(child) ?? []);
    const trail = above.length === 0 ? new NameTrail(places) : NameTrail.joined(above);
    const after = NameTrail.joined([trail]);
    const touching = new Set<Operation>();
    for (const operation of operationsOf(id).toReversed()) {
      const sql = freeSql(operation);
      const isNamed = sql !== undefined && trail.names.some((name) => mentions(sql, name, rules));
      isKnown ||= isNamed || trail.names.some((name) => namesColumn(operation, name));
      const isTouched = trail.back(operation);
      isKnown ||= isTouched && trail.names.some((name) => namesColumn(operation, name));
      if (isTouched || isNamed) touching.add(operation);
    }
    before.set(id, trail);
    marked.set(id, { after, touching });
  }
  // a branch beside a renaming knows it by the name of the fork
  for (const id of graph.oldestFirst) {
    const trail = NameTrail.joined(graph.parentsOf(id).flatMap((parent) => marked.get(parent)?.after ?? []));
    const { after, touching } = marked.get(id)!;
    for (const operation of operationsOf(id)) if (trail.forward(operation)) touching.add(operation);
    marked.set(id, { after: NameTrail.joined([after, trail]), touching });
  }
  if (!isKnown) return [];
  return graph.newestFirst.flatMap((id) => {
    const { after, touching } = marked.get(id)!;
    if (touching.size === 0) return [];
    const names = after.names.length > 0 ? after.names : (before.get(id)?.names ?? []);
    const lines = operationsOf(id).filter((operation) => touching.has(operation));
    return [
      {
        revision: revisionInfo(scripts, id),
        names: names.map(nameOf),
        operations: lines.flatMap((operation) => describeOperation(operation)),
      },
    ];
  });
}

/** What a revision does to it, and what it is called afterwards. */
interface Marked {
  readonly after: NameTrail;
  readonly touching: Set<Operation>;
}

/** The schemas in which operations name a table. */
function schemasOf(table: string, recorded: Iterable<RecordedRevision>): readonly string[] {
  const schemas = new Set<string>();
  for (const { operations } of recorded) {
    for (const operation of operations) {
      for (const touched of touchedTables(operation)) {
        if (touched.table === table && touched.schema !== undefined) schemas.add(touched.schema);
      }
      for (const { object, after } of objectChanges(operation)) {
        if (object === 'table' && after?.name === table && after.schema !== undefined) schemas.add(after.schema);
      }
    }
  }
  return [...schemas];
}

/** Whether an operation names the column itself, and not only its table. */
function namesColumn(operation: Operation, { column = '' }: NamedPlace): boolean {
  if (objectChanges(operation).some(({ object, after }) => object === 'column' && after?.name === column)) return true;
  return touchedTables(operation).some(({ columns }) => columns !== 'all' && columns.includes(column));
}

/** Whether SQL has the names of a table and a column among its words. */
function mentions(sql: string, { table, column }: NamedPlace, rules: LexicalRules): boolean {
  const words = new Set<string>();
  for (const word of wordsOf(sql, rules)) {
    if (word.kind === 'name') words.add(valueOf(word));
    else if (word.kind === 'word') words.add(word.text).add(word.code);
  }
  const has = (name: string): boolean => words.has(name) || words.has(name.toLowerCase());
  return has(table) && (column === undefined || has(column));
}

function nameOf({ schema, table, column }: NamedPlace): string {
  return [schema, table, column].filter((part) => part !== undefined).join('.');
}

import { sqliteSql } from '../lexical-rules.js';
import { InvalidOperationError } from '../../../errors/operation.errors.js';
import { type ExistingTable, type Operation } from '../../../operations/operation.js';
import { isTableAlteration, objectChanges, type TableAlteration } from '../../../operations/all.js';
import { isConditional, isIndex } from '../../../operations/object-change.js';
import { type SqlSession } from '../../session/sql-session.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementDraft, statementsBy, type StatementTable } from '../../ddl/statement-table.js';
import { type Statement } from '../../ddl/statement.js';
import { renamedIndex } from './index-text.js';
import { dependents, readTable, type WholeTable } from './live-table.js';
import { rebuildStatements } from './rebuild.js';
import { canAddColumn } from './statements.js';
import { TableEdits } from './table-edits.js';
import { parseTable } from './table-source.js';
import { sameName } from '../tokens.js';

/** Alters tables on SQLite: directly where that is possible, else by one new table for all operations at once. */
export class TableAlterations {
  constructor(
    private readonly ddl: SchemaHelperDdl,
    private readonly table: StatementTable,
  ) {}

  /**
   * The statements of operations, made from the tables as they are. Each statement has to be run before the next is
   * requested, since later ones may depend on the result.
   *
   * @throws InvalidOperationError where a table does not have what is to be changed, or where a view or trigger cannot
   * be used any more afterwards.
   */
  async *online(session: SqlSession, operations: readonly Operation[]): AsyncGenerator<Statement> {
    for (const segment of segments(operations)) {
      const [first] = segment;
      if (first === undefined) continue;
      if (!isTableAlteration(first) || segment.every((operation) => this.#isDirect(operation))) {
        for (const operation of segment) yield* statementsBy(this.table, operation);
        continue;
      }
      const at = placeOf(first);
      const whole = await readTable(session, at.table, this.ddl.schemaOf(at.schema));
      if (whole === undefined) throw new InvalidOperationError(first.kind, `there is no table '${at.table}'.`);
      const direct = this.#directly(segment as readonly TableAlteration[], at, whole);
      if (direct !== undefined) yield* numbered(direct);
      else yield* this.#rebuild(session, at, whole, segment as readonly TableAlteration[]);
    }
  }

  /** Whether the operations rebuild a table, as `existing` describes it, or have to read it. */
  needsTable(operations: readonly Operation[], existing: ExistingTable): boolean {
    const whole = this.#wholeOf(existing);
    return segments(operations).some((segment) => {
      const [first] = segment;
      if (first === undefined || !isTableAlteration(first)) return false;
      if (segment.every((operation) => this.#isDirect(operation))) return false;
      return (
        segment.some(readsTable) ||
        this.#directly(segment.filter(isTableAlteration), placeOf(first), whole) === undefined
      );
    });
  }

  /** The statements without a database, for the table as `existing` describes it. */
  offline(operations: readonly Operation[], existing: ExistingTable | undefined): readonly Statement[] {
    let whole = existing === undefined ? undefined : this.#wholeOf(existing);
    const drafts: StatementDraft[] = [];
    for (const segment of segments(operations)) {
      const [first] = segment;
      if (first === undefined) continue;
      const isDirect = segment.every((operation) => this.#isDirect(operation));
      if (!isTableAlteration(first) || whole === undefined) {
        drafts.push(...segment.flatMap((operation) => statementsBy(this.table, operation)));
        continue;
      }
      const at = placeOf(first);
      const edits = this.#edited(at, whole, segment as readonly TableAlteration[]);
      const direct = isDirect ? undefined : this.#directly(segment as readonly TableAlteration[], at, whole);
      if (isDirect) drafts.push(...segment.flatMap((operation) => statementsBy(this.table, operation)));
      else drafts.push(...(direct ?? rebuildStatements(this.#place(at), whole, edits)));
      whole = edits;
    }
    return [...numbered(drafts)];
  }

  async *#rebuild(
    session: SqlSession,
    at: TableRef,
    whole: WholeTable,
    segment: readonly TableAlteration[],
  ): AsyncGenerator<Statement> {
    const schema = this.ddl.schemaOf(at.schema);
    const watched = [];
    for (const { kind, name, attempts } of await dependents(session, at.table, schema)) {
      for (const attempt of attempts) {
        if ((await failure(session, attempt)) === undefined) watched.push({ kind, name, attempt });
      }
    }
    yield* numbered(rebuildStatements(this.#place(at), whole, this.#edited(at, whole, segment)));
    for (const { kind, name, attempt } of watched) {
      const reason = await failure(session, attempt);
      if (reason === undefined) continue;
      const problem = `the ${kind} '${name}' cannot do without what was changed in table '${at.table}': ${reason}.`;
      throw new InvalidOperationError(
        segment[0]?.kind ?? 'alterColumn',
        problem,
        `Drop the ${kind} before, and create it again after.`,
      );
    }
  }

  #edited(
    at: TableRef,
    whole: WholeTable,
    segment: readonly TableAlteration[],
  ): ReturnType<() => TableEdits['result']> {
    const edits = new TableEdits(this.ddl, at, whole);
    for (const operation of segment) edits.apply(operation, isRebuilt(operation, segment));
    return edits.result;
  }

  /** Whether SQLite can do it without reading the table first. */
  #isDirect(operation: Operation): boolean {
    if (!isTableAlteration(operation)) return true;
    // it is added as the last column, which has to suffice where the table is not known
    if (operation.kind === 'addColumn')
      return operation.after === undefined && operation.first !== true && canAddColumn(this.ddl, operation);
    return objectChanges(operation).every(({ does, object }) => DIRECT.includes(`${does} ${object}`));
  }

  /** Statements without a rebuild, where the present table allows that. */
  #directly(asked: readonly TableAlteration[], at: TableRef, whole: WholeTable): readonly StatementDraft[] | undefined {
    const drafts: StatementDraft[] = [];
    const segment = asked.length === 1 ? asked.flatMap((operation) => decided(operation, whole)) : asked;
    for (const operation of segment) {
      const [own] = objectChanges(operation);
      if (this.#isDirect(operation)) {
        drafts.push(...statementsBy(this.table, operation));
      } else if (operation.kind === 'dropColumn') {
        if (operation.ifExists === true || !canDropColumn(whole, operation.column)) return undefined;
        drafts.push(...statementsBy(this.table, operation));
      } else if (own !== undefined && isIndex(own.object)) {
        const { name = '', after } = own;
        const index = whole.indexes.find((other) => sameName(other.name, name));
        if (index === undefined) return undefined;
        if (after === undefined) {
          drafts.push(...statementsBy(this.table, operation));
          continue;
        }
        drafts.push(...statementsBy(this.table, { kind: 'dropIndex', ...at, name }));
        const sql = renamedIndex(index.sql, this.ddl.quote(this.ddl.schemaOf(at.schema), after.name));
        drafts.push(change(sql, this.ddl.exists(at, { index: after.name }, true)));
      } else return undefined;
    }
    return drafts;
  }

  #place({ schema, table }: TableRef): TableRef {
    const actual = this.ddl.schemaOf(schema);
    return { ...(actual === undefined ? {} : { schema: actual }), table };
  }

  #wholeOf(existing: ExistingTable): WholeTable {
    const { table, triggers = [] } = existing;
    const [create, ...indexes] = statementsBy(this.table, { ...existing, ifNotExists: false });
    return {
      source: parseTable(create?.sql ?? '')!,
      indexes: indexes.map(({ sql, postcondition }) => ({ sql, name: indexNameOf(postcondition) })),
      triggers: triggers.flatMap(({ name, trigger }) =>
        statementsBy(this.table, { kind: 'createTrigger', table, name, trigger }).map(({ sql }) => ({ name, sql })),
      ),
    };
  }
}

/** What is a statement of its own, whatever the table is. */
const DIRECT: readonly string[] = [
  'creates index',
  'creates unique',
  'drops index',
  'renames column',
  // SQLite keeps no comment
  'alters table',
];

/**
 * Groups the operations that can be done together. A rename of a column is alone, so that everything that names it
 * follows.
 */
function segments(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const found: Operation[][] = [];
  for (const operation of operations) {
    const last = found.at(-1);
    const previous = last?.at(-1);
    const joins =
      previous !== undefined &&
      isTableAlteration(previous) &&
      isTableAlteration(operation) &&
      previous.kind !== 'renameColumn' &&
      operation.kind !== 'renameColumn' &&
      previous.table === operation.table &&
      previous.schema === operation.schema;
    if (joins) last?.push(operation);
    else found.push([operation]);
  }
  return found;
}

/**
 * Whether a computed column is dropped and added again by one list, to compute something else: what uses it stays, as the
 * revision says what of it goes.
 */
function isRebuilt(operation: TableAlteration, segment: readonly TableAlteration[]): boolean {
  if (operation.kind !== 'dropColumn') return false;
  return segment.some(
    (other) =>
      other.kind === 'addColumn' &&
      sameName(other.column.name, operation.column) &&
      [operation.previous?.generated, other.column.generated].some((generated) => generated != null),
  );
}

/** Whether the operation always has to read the table. */
function readsTable(operation: Operation): boolean {
  return objectChanges(operation).some(
    ({ does, object }) =>
      (object === 'index' && does === 'renames') ||
      (object === 'column' && does === 'drops' && isConditional(operation)),
  );
}

function placeOf({ schema, table }: TableAlteration): TableRef {
  return { ...(schema === undefined ? {} : { schema }), table };
}

/** Whether nothing in the table uses the column. SQLite itself checks everything outside of the table. */
function canDropColumn({ source, indexes }: WholeTable, name: string): boolean {
  const own = source.columns.find((column) => sameName(column.name, name));
  const ties: readonly string[] = ['primaryKey', 'unique', 'references'];
  return (
    own !== undefined &&
    source.columns.length > 1 &&
    !own.clauses.some(({ kind }) => ties.includes(kind)) &&
    !indexes.some(({ sql }) => sqliteSql.mentions(sql, name)) &&
    !source.constraints.some(({ text }) => sqliteSql.mentions(text, name)) &&
    !source.columns.some(
      (column) => column !== own && column.clauses.some(({ text }) => sqliteSql.mentions(text, name)),
    )
  );
}

/** A conditional operation, now that the table is known: no operation, or one without a condition. */
function decided(operation: TableAlteration, { source }: WholeTable): readonly TableAlteration[] {
  const has = (name: string): boolean => source.columns.some((column) => sameName(column.name, name));
  if (operation.kind === 'addColumn' && operation.ifNotExists === true) {
    return has(operation.column.name) ? [] : [{ ...operation, ifNotExists: false }];
  }
  if (operation.kind === 'dropColumn' && operation.ifExists === true) {
    return has(operation.column) ? [{ ...operation, ifExists: false }] : [];
  }
  return [operation];
}

function indexNameOf(postcondition: Statement['postcondition']): string {
  return postcondition !== undefined && 'index' in postcondition ? (postcondition.index ?? '') : '';
}

function* numbered(drafts: readonly StatementDraft[]): Generator<Statement> {
  for (const [ordinal, draft] of drafts.entries()) yield { ...draft, ordinal };
}

/** Why a statement cannot be compiled; `undefined` where it can. */
async function failure(session: SqlSession, sql: string): Promise<string | undefined> {
  try {
    await session.query(sql);
    return undefined;
  } catch (error) {
    const { message } = error as { readonly message?: unknown };
    // MikroORM puts the statement before the reason
    return String(message).split(' - ').at(-1);
  }
}

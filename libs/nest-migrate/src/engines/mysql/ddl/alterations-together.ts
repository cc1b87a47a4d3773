import { type AlterAssertion } from '../../../operations/define.js';
import { objectChanges, type TableAlteration } from '../../../operations/all.js';
import { isConditional, type ObjectChange } from '../../../operations/object-change.js';
import { type ColumnDefinition, type Operation } from '../../../operations/operation.js';
import { type AlterationsTogether } from '../../ddl/ddl.js';
import { type Statement } from '../../ddl/statement.js';
import { mysqlSql } from '../lexical-rules.js';
import { writesEscapes } from '../session/escaping.js';

/**
 * The changes that one `alter table` may contain. The kinds are kept apart, so that a change that only touches the
 * catalogue, or builds an index while others write, is never part of a statement that copies the table.
 */
type Kind = 'columns' | 'renames' | 'indexes' | 'checks' | 'addedForeignKeys' | 'droppedForeignKeys';

interface Part {
  readonly kind: Kind;
  /** Whether its texts have to be sent while a backslash escapes. Those of the revision's own may need the opposite. */
  readonly isEscaped: boolean;
  /** What it changes, creates or drops: one statement contains each name once. */
  readonly changes: readonly string[];
  /** Whether its text refers to a name that another part of the statement changes. */
  readonly refersTo: (name: string) => boolean;
  /** The column that a new one comes after: it may be new itself. */
  readonly after?: string;
  readonly isDropped?: boolean;
}

/**
 * Changes of one table as one `alter table`. The server makes one copy of the table for all of them where it has to make
 * one. Such a statement takes effect as a whole or not at all.
 *
 * The server reads the clauses against the table as it was before the statement, the places of new columns aside. So a
 * change that needs what an earlier one did begins the next statement.
 */
export function alterationsTogether(statementsOf: (operation: Operation) => readonly Statement[]): AlterationsTogether {
  return {
    groups: (alterations) => {
      const groups: (typeof alterations)[number][][] = [];
      let parts: Part[] | undefined;
      let replaced = 0;
      for (const [index, alteration] of alterations.entries()) {
        if (index < replaced) continue;
        const columns = replacementAt(alterations, index);
        if (columns.length > 0) {
          groups.push([...columns]);
          replaced = index + columns.length;
          parts = undefined;
          continue;
        }
        const own = partOf(alteration as TableAlteration);
        const part = own && { ...own, isEscaped: writesEscapes(alteration) };
        if (part !== undefined && parts?.every((other) => goTogether(other, part)) === true) {
          parts.push(part);
          groups.at(-1)?.push(alteration);
        } else {
          parts = part && [part];
          groups.push([alteration]);
        }
      }
      return groups;
    },
    statements: (group) => {
      const all = group.flatMap(statementsOf);
      if (replacementAt(group, 0).length === group.length && group.length > 0) {
        const { postcondition: _, ...statement } = combined(all);
        return [{ ...statement, repeatable: true }];
      }
      if (group.length === 1) return all;
      const own = all.filter(({ fromDatabase }) => fromDatabase !== true);
      const first = all.indexOf(own[0]);
      const around = (isBefore: boolean): readonly Statement[] =>
        all.filter((statement, at) => !own.includes(statement) && at < first === isBefore);
      return [...around(true), combined(own), ...around(false)].map((one, ordinal) => ({ ...one, ordinal }));
    },
  };
}

/**
 * The columns that are dropped from `start` on and then added again, all of them computed before or after: the server
 * takes that as one statement, in which a column keeps its indexes and what only the table knows of it.
 */
function replacementAt<Alteration extends Operation>(
  alterations: readonly Alteration[],
  start: number,
): readonly Alteration[] {
  const rest: readonly Operation[] = alterations.slice(start);
  const end = rest.findIndex(({ kind }) => kind !== 'dropColumn');
  const drops = (end === -1 ? [] : rest.slice(0, end)).flatMap((one) => (one.kind === 'dropColumn' ? [one] : []));
  const adds = rest.slice(drops.length, drops.length * 2).flatMap((one) => (one.kind === 'addColumn' ? [one] : []));
  const isReplaced = drops.every(({ column, previous }) =>
    adds.some((add) => add.column.name === column && (isComputed(previous) || isComputed(add.column))),
  );
  const isPlain =
    drops.every(({ ifExists }) => ifExists !== true) &&
    adds.every(({ column, ifNotExists }) => ifNotExists !== true && column.primary !== true);
  const group = alterations.slice(start, start + drops.length * 2);
  const isSentAlike = new Set(group.map(writesEscapes)).size === 1;
  return adds.length === drops.length && isReplaced && isPlain && isSentAlike ? group : [];
}

/** `undefined` for a change that is a statement of its own. */
function partOf(alteration: TableAlteration): Omit<Part, 'isEscaped'> | undefined {
  const [change] = objectChanges(alteration);
  const kind = change && kindOf(change);
  // a condition decides about its own change alone
  if (kind === undefined || change?.name === undefined || isConditional(alteration)) return undefined;
  const columns = (change.definitions ?? []).flatMap(({ before = {}, given = {} }) => [before, given]);
  if (columns.some(isComputed) || needsStatement(alteration)) return undefined;
  const { does, name, after } = change;
  const text = does === 'drops' ? {} : (Object.assign({}, ...columns) as ColumnDefinition);
  return {
    kind,
    changes: after === undefined ? [name] : [name, after.name],
    refersTo: (other) => mentions(text, other),
    isDropped: does === 'drops',
    // each creates an index, unless there is one that begins with its columns
    ...(kind === 'addedForeignKeys' && { changes: [`key ${name}`, ...(change.columns ?? [])] }),
    ...(alteration.kind === 'addColumn' && { after: alteration.after }),
  };
}

function kindOf({ does, object }: ObjectChange): Kind | undefined {
  switch (object) {
    case 'column':
      // a column of a foreign key cannot be renamed by a statement that copies the table
      return does === 'renames' ? 'renames' : 'columns';
    case 'index':
    case 'unique':
      return 'indexes';
    case 'check':
      return 'checks';
    case 'foreignKey':
      return does === 'creates' ? 'addedForeignKeys' : 'droppedForeignKeys';
    default:
      return undefined;
  }
}

function needsStatement(alteration: TableAlteration): boolean {
  // a key of the column is a second statement
  if (alteration.kind === 'addColumn') return alteration.column.primary === true;
  if (alteration.kind === 'alterColumn') return alteration.change.generated === null;
  if (alteration.kind !== 'createIndex') return false;
  const { expression, where, type } = alteration.index;
  return expression !== undefined || where !== undefined || type !== undefined;
}

function isComputed(column: { readonly generated?: string | null } | undefined): boolean {
  return column?.generated != null;
}

/** Whether an expression of the column reads another. */
function mentions({ defaultRaw, extra, columnType }: ColumnDefinition, name: string): boolean {
  return [defaultRaw, extra, columnType].some((text) => text != null && mysqlSql.mentions(text, name));
}

function goTogether(earlier: Part, later: Part): boolean {
  if (earlier.kind !== later.kind || earlier.isEscaped !== later.isEscaped) return false;
  const [before, after] = [earlier, later].map(({ changes }) => changes.map((name) => name.toLowerCase()));
  return (
    !after?.some((name) => before?.includes(name)) &&
    !earlier.changes.some((name) => later.refersTo(name)) &&
    !later.changes.some((name) => earlier.refersTo(name) || (later.isDropped === true && name === earlier.after))
  );
}

/** One statement of several, each of which is an `alter table` of the same table. */
function combined(statements: readonly Statement[]): Statement {
  const decisive = statements.find(
    ({ postcondition, repeatable }) => postcondition !== undefined && repeatable !== true,
  );
  const isPortable = statements.some(({ portable }) => portable !== undefined);
  return {
    ordinal: 0,
    sql: joined(statements.map(({ sql }) => sql)),
    effect: 'schema',
    // all of it took effect, or nothing
    ...(decisive?.postcondition !== undefined && { postcondition: decisive.postcondition }),
    ...(decisive === undefined && { repeatable: true }),
    ...(isPortable && { portable: joined(statements.map(({ portable, sql }) => portable ?? sql)) }),
  };
}

/** The statements of changes that say how the server has to make them. */
export function asserted(
  statements: readonly Statement[],
  { algorithm, lock }: AlterAssertion = {},
): readonly Statement[] {
  const words = [
    ...(algorithm === undefined ? [] : [`algorithm = ${algorithm}`]),
    ...(lock === undefined ? [] : [`lock = ${lock}`]),
  ];
  if (words.length === 0) return statements;
  const written = (sql: string): string => {
    const [head] = HEAD.exec(sql) ?? [];
    // an index by a statement of its own
    if (head === undefined) return /^create /i.test(sql) ? `${sql} ${words.join(' ')}` : sql;
    return `${head}${words.join(', ')}, ${sql.slice(head.length)}`;
  };
  return statements.map((statement) => {
    const { sql, portable, ...rest } = statement;
    if (rest.fromDatabase === true) return statement;
    return { ...rest, sql: written(sql), ...(portable !== undefined && { portable: written(portable) }) };
  });
}

const HEAD = /^alter table (?:`(?:[^`]|``)+`\.)?`(?:[^`]|``)+`\s+/;

function joined(statements: readonly string[]): string {
  const [head = ''] = HEAD.exec(statements[0] ?? '') ?? [];
  const clauses = statements.map((sql) => {
    if (!sql.startsWith(head) || head === '') throw new TypeError(`No clause of one alter table: ${sql}`);
    return sql.slice(head.length);
  });
  return `${head.trimEnd()}\n  ${clauses.join(',\n  ')}`;
}

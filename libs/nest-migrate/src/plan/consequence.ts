import { longest } from './magnitude.js';
import { type PlannedStatement, type PlannedTable } from './planned-statement.js';

/**
 * What happens to the requests of the application while a statement runs, in a sentence.
 *
 * @param transaction The statements of its transaction before it, whose locks are still held, and those behind it, while
 *   which its own are.
 */
export function consequenceOf(
  {
    tables,
    source,
    magnitude,
    handedTo,
  }: Pick<PlannedStatement, 'tables' | 'source' | 'magnitude'> & Partial<Pick<PlannedStatement, 'handedTo'>>,
  { before = [], behind = [] }: Partial<Record<'before' | 'behind', readonly PlannedStatement[]>> = {},
): string {
  if (source === 'unknown' && tables.length === 0) return 'It is not known whether requests wait.';
  if (handedTo?.obstacle === null) {
    return `No request waits for longer than a moment: ${handedTo.program} copies ${namesOf(tables)} beside them.`;
  }
  const held = tables.some(works) ? before.flatMap((statement) => statement.tables) : [];
  const reads = [...held, ...tables].filter(({ blocks }) => blocks.reads);
  const isHeld = (table: PlannedTable): boolean => reads.some((each) => tableName(each) === tableName(table));
  const writes = tables.filter((table) => table.blocks.writes && table.lockedRows === null && !isHeld(table));
  const rows = tables.filter((table) => table.lockedRows !== null && !isHeld(table));
  const some = rows.some(({ lockedRows }) => lockedRows === 'some');
  const subjects = [
    ...(reads.length === 0 ? [] : [`every request that reads or writes ${namesOf(reads)}`]),
    ...(writes.length === 0 ? [] : [`every request that writes ${namesOf(writes)}`]),
    ...(rows.length === 0
      ? []
      : [`every request that writes ${some ? 'the rows that it changes' : 'a row'} of ${namesOf(rows)}`]),
  ];
  if (subjects.length === 0) {
    const isWork = tables.some(({ work }) => work !== 'metadata');
    return isWork ? 'No request waits; the disk has more to do.' : 'No request waits.';
  }
  const subject = subjects.join(' and ');
  const time = forHowLong(tables, magnitude, behind);
  const waits = `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)} ${subjects.length === 1 ? 'waits' : 'wait'} ${time}.`;
  return reads.length === 0 ? `${waits} Those that read go on.` : waits;
}

function forHowLong(
  tables: readonly PlannedTable[],
  magnitude: PlannedStatement['magnitude'],
  behind: readonly PlannedStatement[],
): string {
  const working = behind.filter((statement) => statement.tables.some(works));
  if (working.length > 0) {
    const time = longest([magnitude ?? undefined, ...working.map((statement) => statement.magnitude ?? undefined)]);
    const many = `${working.length === 1 ? 'the statement' : `${working.length} statements`} behind it`;
    return `until the transaction has ended, with ${many}${time === undefined ? '' : `, for ${time}`}`;
  }
  if (!tables.some(works)) return 'for a moment, once the lock is there';
  return magnitude === null ? 'for as long as that takes' : `for ${magnitude}`;
}

function works({ work, indexes, lockedRows }: PlannedTable): boolean {
  return work !== 'metadata' || indexes.length > 0 || lockedRows !== null;
}

/** Tables in a sentence: `book and author`. */
export function namesOf(tables: readonly { readonly schema?: string | undefined; readonly table: string }[]): string {
  return listed([...new Set(tables.map(tableName))]);
}

/** A table in a sentence. */
export function tableName({ schema, table }: { readonly schema?: string | undefined; readonly table: string }): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/** Words in a sentence: `a, b and c`. */
export function listed(words: readonly string[]): string {
  const [last = '', ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`;
}

import { type TableImpact, type Work } from '../../impact/impact.js';
import { type ChangedRows } from './changed-rows.js';
import { blockedBy, LOCK_MODES, type LockMode, strongest } from './lock-modes.js';
import { type Relation, type Relations } from './relations.js';

/** What is known of a statement that ran. */
export interface RanStatement {
  readonly before: Relations;
  readonly after: Relations;
  /** The locks that it took, by the relation. */
  readonly locks: Relations['locks'];
  /** Its plan, where it works on rows. */
  readonly plan?: ChangedRows;
  /** Whether it is a program, which may look up rows by an index as well as read a whole table. Default `false`. */
  readonly isProgram?: boolean;
  /** Whether the scans of the two moments can be compared: both belong to one transaction. */
  readonly countsScans: boolean;
  /** The numbers of tables that the run has created. */
  readonly created: ReadonlySet<number>;
  /** The schema whose objects are named without it. */
  readonly home: string;
}

/** What a statement did to each table that was there before it. */
export function tableImpacts(ran: RanStatement): readonly TableImpact[] {
  return [...ran.before.all.values()]
    .filter(({ table }) => table === null)
    .map((table) => impactOn(table, ran))
    .filter(({ lock, work, indexes }) => lock !== null || work !== 'metadata' || indexes.length > 0);
}

function impactOn(table: Relation, ran: RanStatement): TableImpact {
  const { before, after, locks, created, home } = ran;
  const indexes = [...before.all.values()].filter((relation) => relation.table === table.oid);
  const own = strongest(locks.get(table.oid) ?? []);
  // a query also locks the indexes of its table, in the same mode
  const lock = strongest([own, ...indexes.map(({ oid }) => strongest(locks.get(oid) ?? []))].filter((m) => m !== null));
  const built = [...after.all.values()].filter((index) => index.table === table.oid && isBuilt(index, before));
  const rows = rowsOf(table, indexes, own, ran);
  const work = workOn(table, indexes, built, ran);
  const blocks = blockedBy(lock);
  return {
    schema: table.schema === home ? undefined : table.schema,
    table: table.name,
    lock,
    blocks: { ...blocks, writes: blocks.writes || rows === 'all' },
    work,
    // those of a table that was emptied have nothing in them
    indexes: work === 'metadata' ? [] : built.map(({ name }) => name).sort(),
    rows,
    isNew: created.has(table.oid),
  };
}

/** Whether an index has another file than before. A partitioned one has none. */
function isBuilt({ oid, file }: Relation, before: Relations): boolean {
  return file !== null && before.all.get(oid)?.file !== file;
}

function workOn(table: Relation, indexes: readonly Relation[], built: readonly Relation[], ran: RanStatement): Work {
  const now = ran.after.all.get(table.oid);
  const scans = scansOf(table, ran);
  if (now !== undefined && now.file !== table.file) {
    // each index is built by a scan of the new file: a table that was emptied is not read beyond that
    const isRead = scans > built.length || !ran.countsScans;
    return isRead || table.kind === 'm' || now.tablespace !== table.tablespace ? 'rewrite' : 'metadata';
  }
  if (isComparedWith(table, ran)) return 'scan';
  const looksUp = ran.plan !== undefined || ran.isProgram === true;
  const isReadByIndex = !looksUp && indexes.some((index) => scansOf(index, ran) > 0);
  return scans > 0 || isReadByIndex || built.length > 0 ? 'scan' : 'metadata';
}

/**
 * Whether a foreign key compares the rows of another table with those of this one. Where the other has none, this one is
 * not read, as on a scratch database; a table that the run has created has none.
 */
function isComparedWith({ oid }: Relation, ran: RanStatement): boolean {
  if (ran.plan !== undefined || ran.isProgram === true || ran.locks.get(oid)?.has('RowShareLock') !== true)
    return false;
  return [...ran.before.all.values()].some(
    (other) => other.table === null && !ran.created.has(other.oid) && scansOf(other, ran) > 0,
  );
}

/** Which rows are locked. Of a program only its lock on the table and its scans are known. */
function rowsOf(
  table: Relation,
  indexes: readonly Relation[],
  lock: LockMode | null,
  ran: RanStatement,
): TableImpact['rows'] {
  if (ran.plan !== undefined) return ran.plan.locked.get(`${table.schema}.${table.name}`) ?? null;
  if (ran.isProgram !== true || (lock !== 'RowShareLock' && lock !== 'RowExclusiveLock')) return null;
  if (scansOf(table, ran) > 0) return 'all';
  return indexes.some((index) => scansOf(index, ran) > 0) ? 'some' : null;
}

/** How often the statement has scanned a table or an index. */
function scansOf({ oid, scans }: Relation, { after, countsScans }: RanStatement): number {
  return countsScans ? (after.all.get(oid)?.scans ?? scans) - scans : 0;
}

/** The locks that are there now and were not before. */
export function newLocks(before: Relations, after: Relations): Relations['locks'] {
  return new Map(
    [...after.locks].map(([oid, modes]) => {
      const earlier = before.locks.get(oid);
      return [oid, new Set(LOCK_MODES.filter((mode) => modes.has(mode) && earlier?.has(mode) !== true))];
    }),
  );
}

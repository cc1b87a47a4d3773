import { type Blocked, type ImpactMeter, type StatementImpact, type TableImpact } from '../../impact/impact.js';
import { type SqlSession } from '../../session/sql-session.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';
import { type PlannedTable, plannedTables } from './planned-rows.js';
import { type Assertion, shapeOf, type StatementShape } from './statement-shape.js';
import { tablesOfTransaction } from './transaction-tables.js';
import { builtIndexes, isRebuilt, readTableStates, type TableStates } from './table-states.js';

type Send = (sql: string) => Promise<void>;

/** What an alteration may assert, the cheapest first. */
const LADDER: readonly (Assertion & { readonly variant?: MySqlVariant })[] = [
  { algorithm: 'INSTANT', lock: null },
  { algorithm: 'NOCOPY', lock: 'NONE', variant: 'mariadb' },
  { algorithm: 'INPLACE', lock: 'NONE' },
  { algorithm: 'NOCOPY', lock: 'SHARED', variant: 'mariadb' },
  { algorithm: 'INPLACE', lock: 'SHARED' },
  { algorithm: 'COPY', lock: 'NONE' },
  { algorithm: 'COPY', lock: 'SHARED' },
];

const COPYING: Assertion = { algorithm: 'COPY', lock: 'SHARED' };

/** `ER_WRONG_USAGE` and the refusals of an algorithm or a lock. */
const REFUSALS: readonly unknown[] = [1221, 1800, 1845, 1846];
const SYNTAX_ERROR = 1064;

/**
 * Measures on MySQL and MariaDB: an alteration by the cheapest algorithm and lock that the server accepts for the table
 * as it is, with its keys; statements on rows by the server's plan; others by the tables that they name. An online
 * alteration holds an exclusive metadata lock only for the moments in which it begins and ends.
 */
export class MySqlMeter implements ImpactMeter {
  #created: ReadonlySet<string> = new Set();

  constructor(private readonly variant: MySqlVariant) {}

  async measure(session: SqlSession, sql: string | null, send: Send): Promise<StatementImpact> {
    if (sql === null) {
      const told = async (): ReturnType<typeof tablesOfTransaction> =>
        this.variant === 'mysql' ? tablesOfTransaction(session) : undefined;
      const before = await told();
      await send('');
      const after = await told();
      if (after === undefined) return unknown('What op.transaction sends is not known beforehand.');
      const wasUsed = ({ table, isChanged }: PlannedTable): boolean =>
        before?.some((one) => one.table === table && one.isChanged === isChanged) === true;
      const worked = after.filter((table) => !wasUsed(table));
      return measured(worked.map((table) => ({ ...onRows(table), isNew: this.#created.has(table.table) })));
    }
    const shape = shapeOf(sql);
    const before = await readTableStates(session, this.variant);
    const found = await this.#impactOf(session, { sql, shape, before }, send);
    const after = found.after ?? (await readTableStates(session, this.variant));
    const tables = found.impact.tables.filter(({ table }) => before.tables.has(table));
    const impact = { ...found.impact, tables: tables.map((one) => ({ ...one, isNew: this.#created.has(one.table) })) };
    this.#note(before, after);
    return impact;
  }

  async #impactOf(
    session: SqlSession,
    { sql, shape, before }: { sql: string; shape: StatementShape; before: TableStates },
    send: Send,
  ): Promise<{ readonly impact: StatementImpact; readonly after?: TableStates }> {
    switch (shape.kind) {
      case 'alteration':
        return this.#alteration(session, { sql, shape, before }, send);
      case 'optimization': {
        await send(sql);
        const impacts = shape.tables.map((table) => impactOn(table, { lock: 'NONE', work: 'rewrite' }));
        return { impact: measured([...impacts, ...this.#childrenOf(shape.tables, before)]) };
      }
      case 'exclusive': {
        const { trigger } = shape;
        const ofTrigger = trigger === undefined ? undefined : before.triggers.get(trigger);
        const names = [...shape.tables, ...(ofTrigger === undefined ? [] : [ofTrigger])];
        await send(sql);
        const after = await readTableStates(session, this.variant);
        const gone = names.filter((name) => !after.tables.has(name));
        const related = [...this.#parentsOf(gone, before).map(exclusively), ...this.#childrenOf(gone, before)];
        return { impact: measured([...names.map(exclusively), ...unique(related)]), after };
      }
      case 'creation': {
        const { query } = shape;
        const plan =
          query === undefined
            ? []
            : ((await plannedTables(session, query, { tables: before.tables, isWritten: true })) ?? []);
        await send(sql);
        const parents = this.variant === 'mysql' ? shape.referenced : [];
        return { impact: measured([...plan.map(onRows), ...parents.map(exclusively)]) };
      }
      case 'rows': {
        const plan = await plannedTables(session, sql, { tables: before.tables });
        await send(sql);
        return { impact: plan === undefined ? unknown('The server has no plan for it.') : measured(plan.map(onRows)) };
      }
      case 'program':
        await send(sql);
        return { impact: unknown('It runs statements that are not known beforehand.') };
      case 'other':
        await send(sql);
        return { impact: measured([]) };
    }
  }

  async #alteration(
    session: SqlSession,
    {
      sql,
      shape,
      before,
    }: { sql: string; shape: Extract<StatementShape, { kind: 'alteration' }>; before: TableStates },
    send: Send,
  ): Promise<{ readonly impact: StatementImpact; readonly after: TableStates }> {
    const accepted = await this.#climb(sql, shape, send);
    const after = await readTableStates(session, this.variant);
    const { table } = shape;
    const indexes = after.indexes.get(table) ?? new Set();
    const added = builtIndexes(table, before, after);
    const rebuilt = isRebuilt(before, after);
    // MariaDB accepts any algorithm for partitions, and copies
    const taken =
      this.variant === 'mariadb' && accepted?.algorithm === 'INSTANT' && rebuilt === true ? COPYING : accepted;
    const isRewritten = taken?.algorithm === 'COPY' || (taken?.algorithm !== 'INSTANT' && rebuilt !== false);
    const work =
      taken?.algorithm === 'INSTANT' ? 'metadata' : isRewritten ? 'rewrite' : added.length > 0 ? 'scan' : 'metadata';
    const own = impactOn(table, {
      lock: taken === undefined ? 'EXCLUSIVE' : (taken.lock ?? (shape.asserts.lock === 'SHARED' ? 'SHARED' : 'NONE')),
      work,
      indexes: (work === 'rewrite' ? [...indexes] : work === 'scan' ? [...added] : []).sort(),
    });
    const isRenamed = !after.tables.has(table);
    const parents = shape.changesForeignKeys
      ? [...shape.referenced, ...this.#droppedParents(table, before, after)]
      : this.#parentsOf(isRenamed ? [table] : [], before);
    const children = taken?.algorithm === 'INSTANT' && !isRenamed ? [] : this.#childrenOf([table], before);
    // a table is compared with those to which its new keys refer, and these stay as they are meanwhile
    const isCompared = (taken?.algorithm === 'COPY' || taken === undefined) && !this.#created.has(table);
    const compared = isCompared ? shape.referenced : [];
    const related = parents
      .filter((name) => name !== table && (this.variant === 'mysql' || compared.includes(name)))
      .map((name) => (compared.includes(name) ? impactOn(name, { lock: 'SHARED', work: 'scan' }) : exclusively(name)));
    const checked = isCompared && (await this.#checksCopies(session)) ? this.#parentsOf([table], before) : [];
    const isTold = taken !== undefined && (rebuilt !== undefined || work !== 'rewrite' || taken.algorithm === 'COPY');
    return {
      impact: {
        ...measured([own, ...unique([...related, ...checked.map(rowByRow), ...children])]),
        algorithm: taken?.algorithm ?? null,
        ...(!isTold && {
          source: 'unknown',
          reason:
            taken === undefined
              ? 'The server takes no algorithm for it, so that the worst is assumed.'
              : 'The role lacks the privilege process, so that a rebuild is assumed.',
        }),
      },
      after,
    };
  }

  /** Whether the rows of a copy are compared with those that its foreign keys refer to: MySQL does so for old keys too. */
  async #checksCopies(session: SqlSession): Promise<boolean> {
    if (this.variant !== 'mysql') return false;
    const [row] = await session.query<{ checks: unknown }>('select @@foreign_key_checks as checks');
    return Number(row?.checks) === 1;
  }

  /** Sends an alteration with the cheapest assertion that the server accepts; `undefined`: it takes none. */
  async #climb(
    sql: string,
    shape: Extract<StatementShape, { kind: 'alteration' }>,
    send: Send,
  ): Promise<Assertion | undefined> {
    for (const { variant, ...assertion } of LADDER) {
      if (variant !== undefined && variant !== this.variant) continue;
      if (!agrees(assertion, shape.asserts)) continue;
      try {
        await send(shape.asserting(assertion));
        return assertion;
      } catch (error) {
        const number = numberOf(error);
        if (number === SYNTAX_ERROR) break;
        if (!REFUSALS.includes(number)) throw error;
      }
    }
    await send(sql);
    return undefined;
  }

  /** MySQL also waits for the tables whose foreign keys refer to one that it alters. */
  #childrenOf(tables: readonly string[], { foreignKeys }: TableStates): readonly TableImpact[] {
    if (this.variant !== 'mysql') return [];
    const children = foreignKeys.filter(({ parent, child }) => tables.includes(parent) && !tables.includes(child));
    return unique(children.map(({ child }) => exclusively(child)));
  }

  /** MySQL also waits for the tables to which the foreign keys of a table refer that it drops or renames. */
  #parentsOf(tables: readonly string[], { foreignKeys }: TableStates): readonly string[] {
    if (this.variant !== 'mysql') return [];
    const parents = foreignKeys.filter(({ child, parent }) => tables.includes(child) && !tables.includes(parent));
    return [...new Set(parents.map(({ parent }) => parent))];
  }

  #droppedParents(table: string, before: TableStates, after: TableStates): readonly string[] {
    const of = ({ foreignKeys }: TableStates): readonly string[] =>
      foreignKeys.filter(({ child }) => child === table).map(({ parent }) => parent);
    return of(before).filter((parent) => !of(after).includes(parent));
  }

  /** Remembers what the run has created, under the names that it has now. */
  #note({ tables: before }: TableStates, { tables: after }: TableStates): void {
    const gone = [...before].filter((name) => !after.has(name));
    const come = [...after].filter((name) => !before.has(name));
    const areRenamed = gone.length > 0 && come.length > 0;
    const isCreated = areRenamed ? gone.some((name) => this.#created.has(name)) : come.length > 0;
    this.#created = new Set([...this.#created, ...(isCreated ? come : [])].filter((name) => after.has(name)));
  }
}

/** Whether an assertion says no other thing than the statement itself does. */
function agrees(
  { algorithm, lock }: Assertion,
  asserts: { readonly algorithm?: string; readonly lock?: string },
): boolean {
  const isSame = (own: string | null, given: string | undefined): boolean => own === null || (given ?? own) === own;
  return isSame(algorithm, asserts.algorithm) && isSame(lock, asserts.lock);
}

function numberOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
}

/** What waits for the locks of `lock = …`. The beginning and the end of each need a moment without any other session. */
const BLOCKS: Readonly<Record<'NONE' | 'SHARED' | 'EXCLUSIVE', Blocked>> = {
  NONE: { reads: false, writes: false, schemaChanges: true },
  SHARED: { reads: false, writes: true, schemaChanges: true },
  EXCLUSIVE: { reads: true, writes: true, schemaChanges: true },
};

function impactOn(
  table: string,
  { lock, work, indexes = [] }: { lock: keyof typeof BLOCKS; work: TableImpact['work']; indexes?: readonly string[] },
): TableImpact {
  return { schema: undefined, table, lock, blocks: BLOCKS[lock], work, indexes, rows: null, isNew: false };
}

function exclusively(table: string): TableImpact {
  return impactOn(table, { lock: 'EXCLUSIVE', work: 'metadata' });
}

/** The rows that a copy refers to are locked one after the other, until it is done. */
function rowByRow(table: string): TableImpact {
  return onRows({ table, isScanned: true, rows: 'all', isChanged: false });
}

/** A statement on rows holds a metadata lock until its transaction ends. */
function onRows({ table, isScanned, rows, isChanged }: PlannedTable): TableImpact {
  return {
    schema: undefined,
    table,
    lock: isChanged ? 'SHARED_WRITE' : 'SHARED_READ',
    blocks: { reads: false, writes: rows === 'all', schemaChanges: true },
    work: isScanned ? 'scan' : 'metadata',
    indexes: [],
    rows,
    isNew: false,
  };
}

function unique(impacts: readonly TableImpact[]): readonly TableImpact[] {
  return impacts.filter(({ table }, index) => impacts.findIndex((other) => other.table === table) === index);
}

function measured(tables: readonly TableImpact[]): StatementImpact {
  return { tables, algorithm: null, source: 'measured', reason: null };
}

function unknown(reason: string): StatementImpact {
  return { tables: [], algorithm: null, source: 'unknown', reason };
}

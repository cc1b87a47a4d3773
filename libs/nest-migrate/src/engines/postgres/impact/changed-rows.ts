import { type SqlSession } from '../../session/sql-session.js';
import { statementsIn } from '../../sql/sql-lexer.js';
import { postgresLexicalRules } from '../lexical-rules.js';

/** What the server's plan says of rows that statements lock. */
export interface ChangedRows {
  /** Which rows of a table, by `schema.table`, they lock; a table is missing where it only gets new rows. */
  readonly locked: ReadonlyMap<string, 'all' | 'some'>;
}

/**
 * Asks the server how it would run statements on rows. `undefined` where it has no plan for one of them: a change of the
 * schema, or a call of a program.
 */
export async function changedRows(session: SqlSession, sql: string): Promise<ChangedRows | undefined> {
  const locked = new Map<string, 'all' | 'some'>();
  for (const statement of statementsIn(sql, postgresLexicalRules)) {
    const plan = await planOf(session, statement);
    if (plan === undefined) return undefined;
    for (const [table, rows] of lockedIn(plan)) locked.set(table, locked.get(table) === 'all' ? 'all' : rows);
  }
  return { locked };
}

/** A node of a plan, as `explain` writes it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly Operation?: string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly Filter?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'TID Cond'?: string;
  readonly 'Conflict Resolution'?: string;
  readonly 'Target Tables'?: readonly PlanNode[];
  readonly Plans?: readonly PlanNode[];
}

async function planOf(session: SqlSession, sql: string): Promise<PlanNode | undefined> {
  // it is prepared by `explain` alone, which takes the locks of the statement
  await session.execute('savepoint nest_migrate_plan');
  try {
    const [row] = await session.query<{ 'QUERY PLAN': unknown }>(`explain (verbose, format json) ${sql}`);
    const told = row?.['QUERY PLAN'];
    const [{ Plan }] = (typeof told === 'string' ? JSON.parse(told) : told) as readonly [{ readonly Plan?: PlanNode }];
    return Plan;
  } catch {
    // not a statement that has a plan; where it is wrong, it says so itself
    return undefined;
  } finally {
    await session.execute('rollback to savepoint nest_migrate_plan');
  }
}

function* lockedIn(node: PlanNode): Generator<readonly [string, 'all' | 'some']> {
  if (node['Node Type'] === 'LockRows' || (node['Node Type'] === 'ModifyTable' && locks(node))) {
    const targets = node['Target Tables'] ?? (node['Relation Name'] === undefined ? scansBelow(node) : [node]);
    for (const target of targets) yield [nameOf(target), isWhole(node, target) ? 'all' : 'some'];
  }
  for (const child of node.Plans ?? []) yield* lockedIn(child);
}

function locks({ Operation: operation, 'Conflict Resolution': conflict }: PlanNode): boolean {
  return operation !== 'Insert' || conflict === 'UPDATE';
}

/** Whether no condition chooses among the rows of the table. */
function isWhole(node: PlanNode, target: PlanNode): boolean {
  const [child, ...others] = node.Plans ?? [];
  if (child === undefined || others.length > 0 || node.Operation === 'Insert') return false;
  if (child['Node Type'] === 'Append') return (child.Plans ?? []).every(isPlainScan);
  return isPlainScan(child) && nameOf(child) === nameOf(target);
}

function isPlainScan(node: PlanNode): boolean {
  const conditions = ['Filter', 'Index Cond', 'Recheck Cond', 'TID Cond'] as const;
  return node['Relation Name'] !== undefined && conditions.every((condition) => node[condition] === undefined);
}

function* scansBelow(node: PlanNode): Generator<PlanNode> {
  for (const child of node.Plans ?? []) {
    if (child['Relation Name'] !== undefined) yield child;
    yield* scansBelow(child);
  }
}

function nameOf({ Schema: schema = '', 'Relation Name': name = '' }: PlanNode): string {
  return `${schema}.${name}`;
}

import { isAbsolute, relative } from 'node:path';
import {
  describeBytes,
  describeRows,
  type Level,
  levels,
  type PlanFinding,
  type PlannedStatement,
  type PlannedTable,
  type PlanResult,
} from '../../commands/plan-result.js';

/** A statement of a plan, or a revision or the run as a whole, with what was found about it. */
export interface PlanBlock {
  /** The worst level of what was found and is not accepted; `null` where there is nothing. */
  readonly level: Level | null;
  readonly revision: string | null;
  /** What the revision does, on one line. */
  readonly message: string;
  readonly statement: PlannedStatement | null;
  /** The statement on one line. */
  readonly sql: string | null;
  /** The file and the line: `versions/ae10.ts:12`. */
  readonly place: string | null;
  readonly findings: readonly PlanFinding[];
}

/** The parts of a plan for people, the worst first, and in the order of the run among those that are as bad. */
export function planBlocks({ revisions, findings }: PlanResult, cwd: string): readonly PlanBlock[] {
  const blocks: PlanBlock[] = [];
  const add = (
    block: Pick<PlanBlock, 'revision' | 'message' | 'statement'>,
    path: string | null,
    own: readonly PlanFinding[],
  ): void => {
    const open = own.filter(({ accepted }) => accepted === undefined).map(({ level }) => level);
    const sql = block.statement?.sql ?? own.find((finding) => finding.sql !== null)?.sql ?? null;
    const line = block.statement?.line ?? null;
    blocks.push({
      ...block,
      level: levels.findLast((level) => open.includes(level)) ?? null,
      sql: sql === null ? null : sql.replace(/\s+/g, ' ').trim(),
      place: path === null ? null : `${shownPath(path, cwd)}${line === null ? '' : `:${line}`}`,
      findings: own,
    });
  };
  for (const { revision, message: text, path, statements } of revisions) {
    const [message = ''] = text.split('\n');
    const own = findings.filter((finding) => finding.revision === revision);
    const whole = own.filter(({ statement }) => statement === null);
    if (whole.length > 0) add({ revision, message, statement: null }, path, whole);
    for (const statement of statements) {
      add(
        { revision, message, statement },
        path,
        own.filter((finding) => finding.statement === statement.ordinal),
      );
    }
  }
  const ofRun = findings.filter(({ revision }) => revision === null);
  if (ofRun.length > 0) add({ revision: null, message: '', statement: null }, null, ofRun);
  const rank = ({ level }: PlanBlock): number => (level === null ? -1 : levels.indexOf(level));
  return blocks.toSorted((a, b) => rank(b) - rank(a));
}

/** A path as people of the project know it. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short.replaceAll('\\', '/');
}

/** What a plan is about, in a line. */
export function planTitle({ revisions, statistics, rows }: PlanResult): string {
  const statements = revisions.reduce((sum, each) => sum + each.statements.length, 0);
  const what = `${counted(revisions.length, 'revision')}, ${counted(statements, 'statement')}`;
  if (statistics === null) return `${what}. The sizes of the tables are not known.`;
  const { server, replicas, readAt } = statistics;
  const copies = replicas === null || replicas === 0 ? '' : ` (${counted(replicas, 'replica')})`;
  const when = rows === null ? ` as it was on ${readAt.slice(0, 10)}` : '';
  return `${what}, for ${server}${copies}${when}.`;
}

/** Whom a statement stops, as words for a column: `reads, writes`. */
export function blockedWords({ blocks, lockedRows }: PlannedTable): string {
  if (lockedRows !== null && blocks.writes && !blocks.reads) {
    return lockedRows === 'all' ? 'writes of its rows wait' : 'writes of those rows wait';
  }
  const words = [
    ...(blocks.reads ? ['reads'] : []),
    ...(blocks.writes ? ['writes'] : []),
    ...(blocks.schemaChanges ? ['schema changes'] : []),
  ];
  if (words.length === 0) return 'nothing waits';
  return `${words.join(', ')} wait`;
}

/** The lock that a statement takes on a table, or the program that changes the table in the place of the server. */
export function lockWords({ lock }: PlannedTable, { algorithm, handedTo }: PlannedStatement, none = 'none'): string {
  if (handedTo === null) return [lock ?? none, ...(algorithm === null ? [] : [algorithm])].join(', ');
  const { program, obstacle } = handedTo;
  return obstacle === null ? `by ${program}` : `refused: ${program} cannot change it`;
}

/** The work on a table in words. */
export function workWords({ work, indexes }: PlannedTable): string {
  const built =
    indexes.length === 0 ? '' : indexes.length === 1 ? ', builds an index' : `, builds ${indexes.length} indexes`;
  switch (work) {
    case 'metadata':
      return `changes metadata alone${built}`;
    case 'scan':
      return `reads all rows${built}`;
    case 'rewrite':
      return `writes all rows again${built}`;
  }
}

/** The size of a table: `4.2 million rows, 1.3 GB`. */
export function sizeWords({ rows, bytes }: PlannedTable): string {
  const words = [...(rows === null ? [] : [describeRows(rows)]), ...(bytes === null ? [] : [describeBytes(bytes)])];
  return words.length === 0 ? 'size unknown' : words.join(', ');
}

/** The entities whose queries wait while a statement runs. */
export function waitingEntities({ tables }: PlannedStatement): readonly string[] {
  return [...new Set(tables.filter(({ blocks }) => blocks.reads || blocks.writes).flatMap(({ entities }) => entities))];
}

/** `1 statement`, `2 statements`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

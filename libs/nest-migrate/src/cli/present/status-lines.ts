import { DROP_OF_FRESH, stepName } from '../../errors/interrupted.errors.js';
import { rowsOf } from '../../commands/backfill-words.js';
import { basename } from 'node:path';
import { describeHolder } from '../../commands/describe-event.js';
import { type SquashStatus, type Status } from '../../commands/status.js';

/**
 * A status as lines: a word in front, and what there is to say behind it.
 *
 * @param group how commands are called here, such as `nest start -- db`.
 */
export function statusLines(status: Status, group: string): readonly string[] {
  const facts: readonly (readonly [title: string, ...values: readonly string[]])[] = [
    ['Standing', standingOf(status)],
    ['Current', status.rows.length === 0 ? 'base: no revision is applied' : status.rows.join(', ')],
    [
      'Pending',
      ...status.pending.map(({ revision, message }) =>
        message === '' ? revision : `${revision}, ${firstLine(message)}`,
      ),
    ],
    ['Unknown', ...status.unknown],
    ['Unfinished', ...unfinishedOf(status, group)],
    ['Lock', ...(status.lock === null ? [] : [`held by ${describeHolder(status.lock)}`])],
    ['Last', ...lastOf(status)],
    ['Marked', ...(status.mark === null ? [] : [`as ${status.mark}`])],
    ['Squashes', ...status.squashes.filter(isOfInterest).flatMap(squashLines)],
  ];
  return facts.flatMap(([title, ...values]) =>
    values.map((value, index) => `${(index === 0 ? title : '').padEnd(11)} ${value}`.trimEnd()),
  );
}

function standingOf({ standing, pending }: Status): string {
  switch (standing) {
    case 'head':
      return 'at head: every revision is applied';
    case 'behind':
      return `behind: ${pending.length} ${pending.length === 1 ? 'revision waits' : 'revisions wait'} to be applied`;
    case 'ahead':
      return 'ahead: a newer version of this application has been here';
    case 'foreign':
      return 'unknown: the database holds what no script of this application has';
  }
}

function unfinishedOf({ unfinished }: Status, group: string): readonly string[] {
  if (unfinished === null) return [];
  const { revision, direction, done, running, backfill, isKnown, finish, forget } = unfinished;
  if (revision === DROP_OF_FRESH)
    return [`the ${stepName(unfinished)}${finish === null ? '' : `; ${group} ${finish} drops the rest`}`];
  const statements = `${done} ${done === 1 ? 'statement is' : 'statements are'} done`;
  const name = `the ${direction} of ${revision}${isKnown ? '' : ', which no script here has'}`;
  const way =
    finish === null
      ? `${group} ${forget} forgets it`
      : `${group} ${finish} continues ${backfill === null ? 'after them' : 'from there'}`;
  const lines = [`${name}: ${statements}; ${way}`, ...backfillLine(backfill)];
  return running === null ? lines : [...lines, `running when it died: ${running.replace(/\s+/g, ' ')}`];
}

function backfillLine(backfill: NonNullable<Status['unfinished']>['backfill']): readonly string[] {
  if (backfill === null) return [];
  const { table, rows, cursor } = backfill;
  const where = cursor === null ? '' : `, up to ${cursor.join(', ')}`;
  return [`in the backfill of ${table}: ${rowsOf(rows)} filled${where}`];
}

/** A squash that another one has replaced is told of only while its files are needed. */
function isOfInterest({ revision, files, isNeeded }: SquashStatus, _: number, all: Status['squashes']): boolean {
  return isNeeded || (files.length > 0 && !all.some(({ replaces }) => replaces.includes(revision)));
}

/** So many files are named. */
const NAMED_FILES = 5;

function squashLines({ revision, replaces, files, isNeeded }: SquashStatus): readonly string[] {
  const what = `${revision} replaces ${replaces.length} ${replaces.length === 1 ? 'revision' : 'revisions'}`;
  if (isNeeded) return [`${what}; this database needs their files until it is upgraded`];
  const these = files.length === 1 ? 'this file' : `these ${files.length} files`;
  const more = files.length - NAMED_FILES;
  return [
    `${what}; this database does not need ${these}, which can go when no other one does:`,
    ...files.slice(0, NAMED_FILES).map((file) => `  ${basename(file)}`),
    ...(more > 0 ? [`  and ${more} more, which --json names`] : []),
  ];
}

function lastOf({ last }: Status): readonly string[] {
  if (last === null) return [];
  const { direction, revision, appliedAt, durationMs, client, databaseUser } = last;
  const took = durationMs === null ? '' : ` in ${durationMs} ms`;
  const who = client ?? databaseUser;
  return [`${direction} of ${revision ?? 'base'} at ${appliedAt}${took}${who === null ? '' : `, by ${who}`}`];
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

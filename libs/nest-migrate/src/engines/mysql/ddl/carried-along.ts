import { createHash } from 'node:crypto';
import { type Renaming } from '../../catalogue/catalogue.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { type SqlSession } from '../../session/sql-session.js';
import { wordsOf } from '../../sql/sql-words.js';
import { mysqlSql } from '../lexical-rules.js';
import { carriedRights, type Query } from './carried-rights.js';
import { type Follower, readFollowers, type TriggerFollower } from './followers.js';
import { triggerAfterRename, viewAfterRename } from './renamed-texts.js';

/**
 * The statements behind a rename that take along what names a table or a column and does not follow by itself: views,
 * triggers and rights. Each leaves on the server what the next one needs. So nothing is lost with a process that dies,
 * and a later run asks the server again what is still to do.
 *
 * @param table Where the renamed columns are; of a table, its new name.
 * @param replacesTriggers Whether the server creates a trigger in place of another in one statement.
 */
export async function carriedAlong(
  session: Pick<SqlSession, 'query'>,
  table: string,
  renamings: readonly Renaming[],
  replacesTriggers: boolean,
): Promise<readonly string[]> {
  const query: Query = (sql) => session.query(sql);
  const named = renamings.map((one) => (one.kind === 'table' ? one.from : one.table));
  const triggersOf = renamings.some(({ kind }) => kind === 'column') ? table : undefined;
  const { views, triggers } = await readFollowers(query, { named, ...(triggersOf !== undefined && { triggersOf }) });
  return [
    ...views.flatMap((view) => {
      const text = renamings.reduce<string | undefined>(
        (before, renaming) => before && viewAfterRename(before, renaming),
        view.statement,
      );
      return text === undefined || text === view.statement ? [] : under(view, [orReplace(text)]);
    }),
    ...triggersAfter(triggers, renamings, replacesTriggers),
    ...(await carriedRights(query, table, renamings)),
  ];
}

function triggersAfter(
  triggers: readonly TriggerFollower[],
  renamings: readonly Renaming[],
  replaces: boolean,
): readonly string[] {
  const statements: string[] = [];
  const columns = renamings.filter(({ kind }) => kind === 'column');
  // what a run that died has left behind: a text that another user left is never executed
  const kept = triggers.filter(({ name, isOwn }) => name.startsWith(KEEPER) && isOwn);
  for (const keeper of kept) {
    const [, hex = ''] = /x'([0-9a-f]+)'$/i.exec(keeper.statement) ?? [];
    const told = JSON.parse(Buffer.from(hex, 'hex').toString()) as TriggerFollower;
    const isThere = triggers.find(({ name }) => name === told.name);
    if (isThere === undefined) statements.push(...under(told, [told.statement]));
    if (isThere === undefined || after(isThere, columns) === isThere.statement) statements.push(drop(keeper.name));
  }
  const others = triggers.filter((trigger) => !kept.includes(trigger));
  for (const trigger of others) {
    const text = after(trigger, columns);
    if (text === trigger.statement) continue;
    const statement = inPlace(text, trigger, others);
    if (replaces) {
      statements.push(...under(trigger, [orReplace(statement)]));
      continue;
    }
    // a trigger that does nothing keeps the statement until the trigger is there again
    const told = Buffer.from(JSON.stringify({ ...trigger, statement })).toString('hex');
    const keeper = `${KEEPER}${createHash('sha256').update(trigger.name).digest('hex').slice(0, 16)}`;
    statements.push(
      ...(kept.some(({ name }) => name === keeper)
        ? []
        : [
            `create definer = current_user trigger ${quote(keeper)} after delete on ${quote(trigger.table)} for each row set @${KEEPER} = x'${told}'`,
          ]),
      drop(trigger.name),
      ...under(trigger, [statement]),
      drop(keeper),
    );
  }
  return statements;
}

/** What the names of triggers begin with that keep the statement of another. */
const KEEPER = 'nest_migrate_keeps_';

function after({ statement }: Follower, columns: readonly Renaming[]): string {
  return columns.reduce((text, renaming) => triggerAfterRename(text, renaming), statement);
}

/** The statement of a trigger with its place among those of the same event: a new one comes last. */
function inPlace(statement: string, trigger: TriggerFollower, all: readonly TriggerFollower[]): string {
  const beside = all.filter(({ event }) => event === trigger.event);
  const next = beside[beside.indexOf(trigger) + 1];
  if (next === undefined) return statement;
  const words = [...wordsOf(statement, mysqlSql.rules)];
  const row = words[words.findIndex(({ code }, index) => code === 'row' && words[index - 1]?.code === 'each')];
  return `${statement.slice(0, row?.end)} precedes ${quote(next.name)} ${statement.slice(row?.end).trimStart()}`;
}

function orReplace(statement: string): string {
  return statement.replace(/^create\s+/i, 'create or replace ');
}

function drop(trigger: string): string {
  return `drop trigger ${quote(trigger)}`;
}

/** Statements with the settings that belong to the object. */
function under({ settings }: Follower, statements: readonly string[]): readonly string[] {
  const set = (value: (setting: Follower['settings'][number]) => string): readonly string[] =>
    settings.length === 0
      ? []
      : [`set session ${settings.map((one) => `${one.variable} = ${mysqlSql.text(value(one))}`).join(', ')}`];
  return [...set(({ value }) => value), ...statements, ...set(({ own }) => own)];
}

function quote(name: string): string {
  return quoteIdentifier(name, '`');
}

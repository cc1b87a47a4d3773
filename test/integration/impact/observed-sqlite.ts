/** The truth about a statement on SQLite: while its transaction is open, another connection to the file reads and writes. */
import { stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.ts';
import { type TestDatabase } from '../../support/databases.ts';
import { type MeasuredCase, preparing } from './measured-cases.ts';

export interface ObservedStatement {
  readonly reads: boolean;
  readonly writes: boolean;
  /** The pages that it has changed or added. */
  readonly pages: number;
}

/** Runs the statements of a case on tables with so many rows, and watches each. */
export async function observeSqlite(
  { options, name }: TestDatabase,
  one: MeasuredCase,
  rows: number,
): Promise<readonly ObservedStatement[]> {
  const orm = await MikroORM.init({ ...options, entities: [], discovery: { warnWhenNoEntities: false } });
  const { ddl } = engineFor(orm as never);
  const statements = preparing(one).flatMap((operation) => ddl.statements(operation).map(({ sql }) => sql));
  await orm.close(true);
  const runner = new DatabaseSync(name);
  const observer = new DatabaseSync(name, { timeout: 0 });
  try {
    // a table of a few pages is larger than this cache, as a large table is larger than the usual one
    runner.exec('pragma foreign_keys = off; pragma cache_size = 20');
    for (const { name: table, type } of tablesIn(runner)) runner.exec(`drop ${type} if exists "${table}"`);
    for (const sql of statements) runner.exec(sql);
    const { prefix } = one;
    const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})`;
    runner.exec('begin');
    runner.exec(`insert into ${prefix}author ${numbers} select i, 'name', i from n`);
    runner.exec(`insert into ${prefix}book ${numbers} select i, i, 'title ' || i, 1, i, 'note', 1, i from n`);
    runner.exec(`insert into ${prefix}log ${numbers} select i, i from n`);
    runner.exec('commit');
    const observed: ObservedStatement[] = [];
    for (const { sql } of one.statements) observed.push(await observe({ runner, observer, name }, sql));
    return observed;
  } finally {
    runner.close();
    observer.close();
  }
}

function tablesIn(database: DatabaseSync): readonly { readonly name: string; readonly type: string }[] {
  const query = "select name, type from sqlite_schema where type in ('view', 'table') order by type desc, name desc";
  return database.prepare(query).all() as unknown as { name: string; type: string }[];
}

async function observe(
  { runner, observer, name }: { runner: DatabaseSync; observer: DatabaseSync; name: string },
  sql: string,
): Promise<ObservedStatement> {
  const valueOf = (pragma: string): number => Number(Object.values(runner.prepare(`pragma ${pragma}`).get() ?? {})[0]);
  const pagesInUse = (): number => valueOf('page_count') - valueOf('freelist_count');
  const before = pagesInUse();
  runner.exec('begin');
  runner.exec(sql);
  const reads = isBusy(observer, 'select count(*) from sqlite_schema');
  const writes = isBusy(observer, 'begin immediate');
  if (!writes) observer.exec('rollback');
  const journal = await stat(`${name}-journal`).catch(() => ({ size: 0 }));
  const pages = Math.max(0, pagesInUse() - before) + Math.floor(journal.size / 4096);
  runner.exec('commit');
  return { reads, writes, pages };
}

function isBusy(database: DatabaseSync, sql: string): boolean {
  try {
    database.exec(sql);
    return false;
  } catch (error) {
    if (/locked|busy/i.test(String(error))) return true;
    throw error;
  }
}

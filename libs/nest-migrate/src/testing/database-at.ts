import { type Options } from '@mikro-orm/sql';
import { downgrade } from '../commands/downgrade.js';
import { upgrade } from '../commands/upgrade.js';
import { type ApplicationUnderTest, databaseSetup } from './database-setup.js';
import { heldRehearsal } from './held-rehearsal.js';
import { type MigratedDatabase, optionsOn } from './migrated-database.js';
import { explainingServices } from './tested-application.js';

/** A database at a revision, for tests of the revisions behind it. */
export interface DatabaseAt<O extends Partial<Options>> extends MigratedDatabase<O> {
  /**
   * Sends SQL to the database, with `?` for each parameter. Returns the rows, where there are any. The entities of the
   * application are those of the newest revision, so rows are put into an older database as SQL.
   */
  execute<T = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Applies revisions up to a target. Default: `'head'`. */
  upgrade(target?: string): Promise<void>;
  /** Undoes revisions down to a target. Default: `'-1'`, one step. */
  downgrade(target?: string): Promise<void>;
}

/**
 * Creates a database that stands at a revision, to put rows into and to go on from there: what a revision does to rows
 * is tested so. It is made as that of {@link migratedDatabase} is: the revisions below run once.
 *
 * @param revision The revision as a symbol, such as `'ae10'` or `'head-1'`; `'base'`: before the first one.
 * @throws as {@link migratedDatabase}.
 * @example
 * const database = await databaseAt('8f27', { orm: config, directory: 'migrations' });
 * await database.execute("insert into book (title, price) values ('Emma', '7.50')");
 * await database.upgrade('c61d');
 * const [book] = await database.execute('select price_in_cents from book');
 * await database.downgrade('8f27');
 * await database.close();
 */
export async function databaseAt<O extends Partial<Options>>(
  revision: string,
  options: ApplicationUnderTest<O>,
): Promise<DatabaseAt<O>> {
  const setup = await databaseSetup('databaseAt()', options);
  const held = await heldRehearsal(setup, revision === 'base' ? undefined : revision);
  const connection = held.context.orm.em.getConnection();
  const move = async (work: () => Promise<unknown>): Promise<void> =>
    void (await explainingServices(setup.purpose, work));
  return {
    options: optionsOn(held, setup.orm as O, options),
    execute: <T>(sql: string, parameters: readonly unknown[] = []) =>
      connection.execute<T[]>(sql, [...parameters], 'all'),
    upgrade: (target) => move(() => upgrade(held.context, { target })),
    downgrade: (target) => move(() => downgrade(held.context, { target })),
    close: () => held.close(),
  };
}

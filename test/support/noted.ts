/** A database in which notes of unfinished revisions stand, whoever has written them, and its doors. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type MigrationError, type MigrationEvent, type MigrationModuleOptions } from 'nest-migrate';
import { boot } from '../../libs/nest-migrate/src/commands/boot.js';
import { type CommandContext } from '../../libs/nest-migrate/src/commands/command-context.js';
import { databaseOf } from '../../libs/nest-migrate/src/commands/database-of.js';
import { commandContext } from '../../libs/nest-migrate/src/commands/connection.js';
import { type JournalRow } from '../../libs/nest-migrate/src/engines/tables/journal-table.js';
import { operationsText } from '../../libs/nest-migrate/src/runtime/operations-text.js';
import { type Row } from './databases.ts';
import { type Scenario } from './scenario.ts';

/** What is noted of the `execute` of a revision. */
export interface Note extends Pick<JournalRow, 'revision' | 'direction' | 'ordinal' | 'state'> {
  readonly sql: string;
}

export async function sql(at: Scenario, text: string): Promise<readonly Row[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(text);
}

export function contextOf(at: Scenario, options: MigrationModuleOptions = {}): CommandContext {
  const host = {
    ...{ cwd: at.folder.path, env: {}, execPath: process.execPath, pid: process.pid },
    ...{ hostname: 'here', user: 'me', activity: 'a test' },
  };
  return commandContext(at.orm as never, {
    ...{ options: { directory: `${at.folder.path}/migrations`, ...options }, host },
    ...{ services: { reason: 'it is a test', cure: '' }, call: { command: 'boot', xArguments: {} } },
  });
}

/** The rows of the version table and of the journal, from now on. */
export async function put(at: Scenario, rows: readonly string[], notes: readonly Note[]): Promise<void> {
  const database = databaseOf(contextOf(at));
  await database.pin(async (session) => {
    await database.ensureTables(session);
    await database.journal.ensure(session);
    await session.execute('delete from nest_migrate_version');
    for (const row of rows) await session.execute('insert into nest_migrate_version values (?)', [row]);
    await database.journal.clear(session);
    for (const { sql: text, ...note } of notes) {
      const operation = operationsText([{ kind: 'execute', sql: text, params: [] }]);
      await database.journal.add(session, {
        ...{ ...note, part: 0, operation, sql: text },
        ...{ heldBefore: false, repeatable: false },
      });
    }
  });
}

/** How a door or a command ended: its error, and what it warned of. */
export interface Outcome {
  readonly error: MigrationError | undefined;
  readonly warnings: readonly string[];
}

export async function outcome(
  work: (options: { onEvent: (event: MigrationEvent) => void }) => Promise<unknown>,
): Promise<Outcome> {
  const warnings: string[] = [];
  const onEvent = (event: MigrationEvent): void => {
    if (event.type === 'warning') warnings.push(event.message);
  };
  const error = await work({ onEvent }).then(
    () => undefined,
    (reason: unknown) => reason as MigrationError,
  );
  return { error, warnings };
}

/** All that looks at where a database stands before it does something. */
export const doors: Readonly<Record<string, (at: Scenario) => Promise<Outcome>>> = {
  upgrade: (at) => outcome((options) => at.migrations.upgrade({ ...options, target: 'heads' })),
  downgrade: (at) => outcome((options) => at.migrations.downgrade({ ...options, target: 'base' })),
  check: (at) => outcome((options) => at.migrations.check(options)),
  migrate: (at) => outcome((options) => at.migrations.migrate({ ...options, message: 'difference' })),
  verify: (at) => booted(at, { onBootstrap: 'verify' }),
  wait: (at) => booted(at, { onBootstrap: 'wait', waitTimeout: 20 }),
  'upgrade at the boot': (at) => booted(at, { onBootstrap: 'upgrade' }),
};

export function booted(at: Scenario, options: MigrationModuleOptions): Promise<Outcome> {
  return outcome((common) => boot(contextOf(at, { target: 'heads', ...options }), common));
}

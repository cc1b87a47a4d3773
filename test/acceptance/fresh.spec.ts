/** `db fresh` in processes that get a signal while they drop: what is left, what the other commands say of it, and the way on. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { TestApplication } from '../support/application.ts';
import { contentsOf, writeHistory } from '../support/crash-history.ts';
import { createDatabase } from '../support/databases.ts';
import { temporaryFolder } from '../support/projects.ts';
import { openDatabase } from '../support/scripts.ts';
import { isTurn } from '../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const preload = `--import ${pathToFileURL(resolve(import.meta.dirname, '..', 'support', 'kill-at-write.mjs')).href}`;
const servers = ['mysql', 'mariadb', 'postgres'] as const;
const cases = [
  ...servers.flatMap((engine) => (['SIGKILL', 'SIGINT', 'SIGTERM'] as const).map((signal) => ({ engine, signal }))),
  { engine: 'sqlite', signal: 'SIGKILL' } as const,
];

describe('a signal while db fresh drops', () => {
  it.each(
    cases.filter(
      ({ engine, signal }) =>
        engine === 'sqlite' ||
        (isTurn(0, engine, servers) && (signal === 'SIGKILL' || isTurn(0, signal, ['SIGINT', 'SIGTERM']))),
    ),
  )('leaves all of it, or what every command tells of until db fresh has ended: $signal on $engine', async (of) => {
    const { engine, signal } = of;
    const isAtomic = engine === 'postgres' || engine === 'sqlite';
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const folder = await temporaryFolder('killed-fresh');
    ending.push(() => folder.remove());
    const application = new TestApplication(folder.path, database.env);
    await writeHistory(application);
    await application.succeed(['upgrade']);
    const expected = await contentsOf(database);
    const { orm } = await openDatabase(database);
    // of another branch: no revision would find it in its way. By its name it is the last one that is dropped
    await (orm.em.getConnection() as AbstractSqlConnection).execute('create table stray (id integer)');
    await orm.close(true);

    const killed = await application.dbProcess(['fresh'], {
      NODE_OPTIONS: preload,
      KILL_BEFORE: 'drop table',
      KILL_SIGNAL: signal,
    });
    if (signal === 'SIGKILL') expect(killed.signal).toBe('SIGKILL');
    else {
      expect(killed.code).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(killed.stderr).toContain(
        isAtomic
          ? 'Error: The run was stopped before it had dropped what the database holds: nothing is changed.\n'
          : 'Error: The run was stopped while it dropped what the database holds. db fresh drops the rest.\n',
      );
    }
    const status = await application.succeed(['status']);
    if (isAtomic) expect(status.stdout).toMatch(/^Standing +at head: every revision is applied\n/);
    else {
      expect(status.stdout).toMatch(/^Standing +behind: 3 revisions wait to be applied\n/);
      expect(status.stdout).toContain('Unfinished  the drop of what the database holds; db fresh drops the rest\n');
      const cure = 'was interrupted: a part of it may be gone. Finish it first: db fresh.';
      for (const command of [['upgrade'], ['check']]) {
        const refused = await application.db(command);
        expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(cure)]);
      }
    }
    await application.succeed(['fresh']);
    expect(await contentsOf(database)).toBe(expected);
    expect((await application.succeed(['status'])).stdout).not.toContain('Unfinished');
  });
});

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { type Options, type SqlEntityManager } from '@mikro-orm/sql';
import { type MigratedDatabase, migratedDatabase } from 'nest-migrate/testing';
import { serverOf } from '../../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { scratchDatabases } from '../../support/rehearsals.ts';
import { given, revision } from '../../support/revision-file.ts';
import { drivers } from '../../support/servers/query.ts';

const Event = defineEntity({
  name: 'Event',
  properties: { id: p.integer().primary(), name: p.string().length(50) },
});

let folder: TemporaryFolder;
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await temporaryFolder('testing', { files: { 'migrations/package.json': '{ "type": "module" }\n' } });
  const versions = join(folder.path, 'migrations', 'versions');
  await mkdir(versions);
  await writeFile(join(folder.path, 'runs'), '');
  const key = randomBytes(4).toString('hex');
  const runs = join(folder.path, 'runs');
  const first = given({ key, runs }, async (op, values) => {
    await (await import('node:fs/promises')).appendFile(values.runs, values.key);
    await op.createTable('event', {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true },
        name: { type: 'string', length: 50 },
      },
    });
    await op.bulkInsert('event', [{ name: 'seed' }]);
  });
  const second = given({}, (op) => op.transaction(async (data) => data.get<{ tell(): Promise<void> }>('mail').tell()));
  await writeFile(join(versions, 'aaaa.ts'), revision({ id: 'aaaa', upgrade: first }));
  await writeFile(
    join(versions, 'bbbb.ts'),
    revision({ id: 'bbbb', down: 'aaaa', services: ['mail'], upgrade: second }),
  );
});
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
  await folder.remove();
});

describe.each(['mysql', 'mariadb', 'sqlite'] as const)('migratedDatabase() on %s', (engine) => {
  /** The database that they name is not there. */
  async function configuration(): Promise<Partial<Options>> {
    const driver = await drivers[engine]();
    if (engine === 'sqlite') return { driver, dbName: '/nowhere/at/all.db', entities: [Event] };
    const { host, port, user, password } = serverOf(engine);
    return { driver, dbName: 'not_there', host, port, user, password, entities: [Event] };
  }

  async function database(target?: string): Promise<MigratedDatabase<Partial<Options>>> {
    return migratedDatabase({
      orm: await configuration(),
      directory: join(folder.path, 'migrations'),
      target,
      services: (em) => ({ mail: { tell: () => em.execute("insert into event (name) values ('told')") } }),
    });
  }

  async function open({ options }: MigratedDatabase<Partial<Options>>): Promise<SqlEntityManager> {
    const orm = await MikroORM.init(options);
    cleanups.push(() => orm.close(true));
    return orm.em.fork();
  }

  it('gives each caller a database of its own at head, for which the revisions ran once', async () => {
    const one = await database();
    const two = await database();
    expect(await readFile(join(folder.path, 'runs'), 'utf8')).toHaveLength(8);
    const [em, other] = [await open(one), await open(two)];
    await em.persist(em.create(Event, { name: 'mine' })).flush();
    expect((await em.fork().find(Event, {})).map(({ name }) => name)).toEqual(['seed', 'told', 'mine']);
    expect((await other.find(Event, {})).map(({ name }) => name)).toEqual(['seed', 'told']);
    const names = [one, two].map(({ options }) => String(options.dbName).split('/').at(-2) ?? String(options.dbName));
    while (cleanups.length > 0) await cleanups.pop()!();
    await one.close();
    await two.close();
    const left = await scratchDatabases(engine);
    expect(names.filter((name) => left.includes(name))).toEqual([]);
  });

  it('stops at the target, and fails as the revision does', async () => {
    const at = await database('aaaa');
    const em = await open(at);
    expect(await em.count(Event)).toBe(1);
    while (cleanups.length > 0) await cleanups.pop()!();
    await at.close();
    await writeFile(
      join(folder.path, 'migrations', 'versions', 'cccc.ts'),
      revision({ id: 'cccc', down: 'bbbb', upgrade: given({}, (op) => op.execute('no statement')) }),
    );
    await expect(database()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
  });
});

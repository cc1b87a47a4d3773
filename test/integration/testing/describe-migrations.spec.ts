import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type Options } from '@mikro-orm/sql';
import { Module } from '@nestjs/common';
import { MigrationModule } from 'nest-migrate';
import { describeMigrations, type DescribeMigrationsOptions, type TestRunner } from 'nest-migrate/testing';
import { type Engine, serverEngines, serverOf } from '../../support/databases.ts';
import { TestRepository } from '../../support/git.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { abandonedDatabases, scratchOption } from '../../support/rehearsals.ts';
import { revision, type RevisionFile } from '../../support/revision-file.ts';
import { drivers } from '../../support/servers/query.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const Event = defineEntity({
  name: 'Event',
  properties: { id: p.integer().primary(), name: p.string().length(50) },
});

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder('testing', { files: { 'migrations/package.json': '{ "type": "module" }\n' } });
  await mkdir(join(folder.path, 'migrations', 'versions'));
});
afterEach(() => folder.remove());

const directory = (): string => join(folder.path, 'migrations');

async function write(...files: readonly RevisionFile[]): Promise<void> {
  for (const file of files) await writeFile(join(directory(), 'versions', `${file.id}.ts`), revision(file));
}

const creation: RevisionFile = {
  id: 'f00d',
  message: 'create event',
  upgrade: (op) =>
    op.createTable('event', {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true, unsigned: op.dialect.startsWith('m') },
        name: { type: 'string', length: 50 },
      },
    }),
  downgrade: (op) => op.dropTable('event'),
};
const index: RevisionFile = {
  id: 'beef',
  down: 'f00d',
  message: 'find events by name',
  upgrade: (op) => op.createIndex('event', ['name'], { name: 'by_name' }),
  downgrade: (op) => op.dropIndex('event', 'by_name'),
};

/** What an application gives to MikroOrmModule; the database that it names is not there. */
async function configuration(engine: Engine): Promise<Partial<Options>> {
  const driver = await drivers[engine]();
  const server = serverEngines.find((name) => name === engine);
  if (server === undefined) return { driver, dbName: '/nowhere/at/all', entities: [Event] };
  const { host, port, user, password } = serverOf(server);
  return { driver, dbName: 'not_there', host, port, user, password, entities: [Event] };
}

/** The outcome of each registered test, in order: 'passed', or what it failed with. */
async function outcomes(options: DescribeMigrationsOptions): Promise<Readonly<Record<string, string>>> {
  const path: string[] = [];
  const before: (() => Promise<void>)[] = [];
  const tests: (readonly [string, () => Promise<void>])[] = [];
  const runner: TestRunner = {
    describe: (name, register) => {
      path.push(name);
      register();
      path.pop();
    },
    it: (name, test) => void tests.push([[...path, name].join(' > '), test]),
    beforeAll: (work) => void before.push(work),
  };
  describeMigrations({ ...options, runner });
  for (const work of before) await work();
  const found: Record<string, string> = {};
  for (const [name, test] of tests) {
    found[name] = await test().then(
      () => 'passed',
      (error: unknown) => (error as Error).message,
    );
  }
  return found;
}

const CYCLE = 'migrations > go up, down and up again';

describe.each(enginesByDialect('describe-migrations'))('describeMigrations() on %s', (engine) => {
  it('registers a test a revision, in the order of an upgrade, all of which pass where nothing is wrong', async () => {
    const Indexed = defineEntity({
      name: 'Event',
      properties: { id: p.integer().primary(), name: p.string().length(50).index('by_name') },
    });
    await write(creation, index);
    const before = await abandonedDatabases(engine);
    const found = await outcomes({
      orm: { ...(await configuration(engine)), entities: [Indexed] },
      directory: directory(),
    });
    expect(Object.entries(found)).toEqual([
      ['migrations > have one head', 'passed'],
      [`${CYCLE} > f00d create event`, 'passed'],
      [`${CYCLE} > beef find events by name`, 'passed'],
      [`${CYCLE} > and make what the entities say`, 'passed'],
    ]);
    expect((await abandonedDatabases(engine)).filter((name) => !before.includes(name))).toEqual([]);
  });

  it('fails the test of the revision that has a fault, and that of the entities where they differ', async () => {
    await write(creation, { ...index, downgrade: undefined });
    const found = await outcomes({ orm: await configuration(engine), directory: directory() });
    expect(found[`${CYCLE} > f00d create event`]).toBe('passed');
    expect(found[`${CYCLE} > beef find events by name`]).toMatch(
      /^downgrade-differs, downgrade: It undoes nothing\. .*by_name.*\n {2}\+ .*by_name/s,
    );
    expect(found[`${CYCLE} > and make what the entities say`]).toMatch(/^models-differ: .*by_name/);
  });
});

describe('describeMigrations()', () => {
  it('names the heads where there are several', async () => {
    await write(creation, index, {
      ...index,
      id: 'cafe',
      message: 'another',
      upgrade: undefined,
      downgrade: undefined,
    });
    const found = await outcomes({ orm: await configuration('sqlite'), directory: directory() });
    expect(found['migrations > have one head']).toMatch(
      /^There are 2 heads\. Merge them: db merge heads\.\n {2}\w+ .*\n {2}\w+ .*$/,
    );
  });

  it('says of a revision with services what is missing, and tries it with stand-ins', async () => {
    const services = { services: ['names'] };
    await write(creation, {
      ...{ id: 'beef', down: 'f00d', ...services },
      upgrade: (op) => op.transaction(async ({ get }) => get<{ add(): Promise<void> }>('names').add()),
    });
    const orm = await configuration('sqlite');
    const title = `${CYCLE} > beef revision beef`;
    expect((await outcomes({ orm, directory: directory() }))[title]).toBe(
      'It was not tried: it needs the services names, which a rehearsal has not. ' +
        'Give describeMigrations() stand-ins: services: () => ({ names: { … } }).',
    );
    let added = 0;
    const standIns: DescribeMigrationsOptions = {
      orm,
      directory: directory(),
      services: (em) => ({
        names: {
          add: async () => {
            added += 1;
            await em.execute("insert into event (name) values ('by a service')");
          },
        },
      }),
    };
    expect((await outcomes(standIns))[title]).toBe('passed');
    // up, and up again
    expect(added).toBeGreaterThanOrEqual(2);
  });

  it('finds what was edited since a commit', async () => {
    const git = new TestRepository(folder.path);
    await write(creation);
    git.commit();
    await write({ ...creation, downgrade: undefined });
    const found = await outcomes({ orm: await configuration('sqlite'), directory: directory(), base: 'main' });
    expect(found['migrations > are what they were on main']).toMatch(
      /^Revision f00d is published, and was edited: .*f00d\.ts\.$/,
    );
  });

  it.each(['sqlite', 'mysql'] as const)('takes the options of an application from its module on %s', async (engine) => {
    await write(creation, { ...index, downgrade: undefined });
    const orm = MikroOrmModule.forRoot(await configuration(engine));
    @Module({
      imports: [
        MigrationModule.forRoot({
          orm,
          directory: directory(),
          onBootstrap: 'upgrade',
          scratch: scratchOption(engine),
        }),
      ],
    })
    class AppModule {}
    const found = await outcomes({ module: AppModule, directory: directory() });
    expect(found[`${CYCLE} > f00d create event`]).toBe('passed');
    expect(found[`${CYCLE} > beef find events by name`]).toMatch(/^downgrade-differs/);
    const other = outcomes({ module: AppModule, directory: directory(), contextName: 'stock' });
    await expect(other).rejects.toMatchObject({
      message:
        "The module has no migrations of the connection 'stock'. Give describeMigrations() the contextName of one of these: 'default'.",
    });
  });

  it('tells of a file that is no revision of the application, and of a revision whose file it was not told of', async () => {
    await write(creation);
    const elsewhere = join(folder.path, 'elsewhere', 'versions');
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, 'dead.ts'), revision({ id: 'dead' }));
    const orm = MikroOrmModule.forRoot(await configuration('sqlite'));
    @Module({ imports: [MigrationModule.forRoot({ orm, directory: directory() })] })
    class AppModule {}
    const found = await outcomes({ module: AppModule, directory: join(folder.path, 'elsewhere') });
    expect(found[`${CYCLE} > dead revision dead`]).toMatch(
      /^The application has no revision from this file: .*dead\.ts\.$/,
    );
    expect(found[`${CYCLE} > and make what the entities say`]).toBe(
      'Revision f00d has no test: its file is in no folder of the options.',
    );
  });

  it('registers a test for a file whose id only running it would tell', async () => {
    await writeFile(
      join(directory(), 'versions', 'computed.ts'),
      revision(creation).replace("'f00d'", "['f0', '0d'].join('')"),
    );
    const found = await outcomes({ orm: await configuration('sqlite'), directory: directory() });
    expect(found[`${CYCLE} > computed.ts`]).toBe('passed');
    expect(found[`${CYCLE} > and make what the entities say`]).toBe('passed');
  });

  it('says what to hand over where there is no test runner', () => {
    const runner = {} as TestRunner;
    expect(() => describeMigrations({ orm: {}, runner })).toThrow(
      'describeMigrations() finds no describe, no it, no beforeAll to register its tests with.',
    );
  });
});

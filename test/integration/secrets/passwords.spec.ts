import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroOrmModule, type MikroOrmModuleSyncOptions } from '@mikro-orm/nestjs';
import { MariaDbDriver } from '@mikro-orm/mariadb';
import { MySqlDriver } from '@mikro-orm/mysql';
import { type Options } from '@mikro-orm/sql';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { Logger, type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import {
  executeDbCommand,
  MigrationHealthIndicator,
  MigrationModule,
  type MigrationModuleOptions,
  MigrationService,
} from 'nest-migrate';
import { migratedDatabase } from 'nest-migrate/testing';
import { temporaryFolder } from '../../support/projects.ts';
import { serverEngines, serverOf, type ServerEngine } from '../../support/databases.ts';

let directory: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ path: directory, remove } = await temporaryFolder('secrets'));
  await mkdir(join(directory, 'versions'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
});
afterAll(() => remove());

const drivers = { postgres: PostgreSqlDriver, mysql: MySqlDriver, mariadb: MariaDbDriver };
/** Words that nothing prints by chance. The number could be a port. */
const words = ['hunterTwo', 'zqxSecret', '48613'];
const special = [...'/#?@:%&=+;,[]{}()<>|\\^`\'"!$*~. \t\n', '%41', '%zz', '://', '@@', 'é', '🔑'];

const password = fc
  .tuple(
    fc.array(fc.constantFrom(...special), { maxLength: 2 }),
    fc.constantFrom(...words),
    fc.array(fc.constantFrom(...special), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...words),
    fc.array(fc.constantFrom(...special), { maxLength: 2 }),
  )
  .map((parts) => parts.flat().join(''));

type Given = Pick<Options, 'clientUrl' | 'dbName' | 'host' | 'port' | 'user' | 'password' | 'replicas'>;

/** Each way in which an application may tell where its database is, rightly or not. */
const places: Readonly<Record<string, (engine: ServerEngine, secret: string) => Given>> = {
  'as it is in clientUrl': (engine, secret) => ({ clientUrl: urlOf(engine, secret) }),
  'encoded in clientUrl': (engine, secret) => ({ clientUrl: urlOf(engine, encodeURIComponent(secret)) }),
  'in a clientUrl without a scheme': (engine, secret) => ({
    clientUrl: urlOf(engine, secret).slice(`${engine}://`.length),
  }),
  'in a clientUrl with one slash': (engine, secret) => ({ clientUrl: urlOf(engine, secret).replace('://', ':/') }),
  'in clientUrl beside dbName': (engine, secret) => ({ clientUrl: urlOf(engine, secret), dbName: 'shop' }),
  'as an option': (engine, secret) => ({ ...optionsOf(engine), password: secret }),
  'in a URL as host': (engine, secret) => ({ ...optionsOf(engine), host: urlOf(engine, secret) }),
  'in a URL as dbName': (engine, secret) => ({ ...optionsOf(engine), dbName: urlOf(engine, secret) }),
  "in a replica's clientUrl": (engine, secret) => ({
    ...optionsOf(engine),
    password: 'wrong',
    replicas: [{ clientUrl: urlOf(engine, secret) }],
  }),
};

function urlOf(engine: ServerEngine, secret: string): string {
  const { host, port } = serverOf(engine);
  return `${engine}://visitor:${secret}@${host}:${port}/shop`;
}

function optionsOf(engine: ServerEngine): Given {
  const { host, port } = serverOf(engine);
  return { host, port, user: 'visitor', dbName: 'shop' };
}

interface Configuration {
  readonly orm: MikroOrmModuleSyncOptions & Options;
  readonly printed: string[];
}

function application({ orm }: Configuration, options: MigrationModuleOptions): Type<unknown> {
  @Module({ imports: [MigrationModule.forRoot({ orm: MikroOrmModule.forRoot(orm), ...options })] })
  class ShopModule {}
  return ShopModule;
}

function loggerInto(printed: string[]): LoggerService {
  const log = (...parts: unknown[]): void => void printed.push(...parts.map((part) => inspect(part, { depth: null })));
  return { log, warn: log, error: log, fatal: log };
}

async function booted(configuration: Configuration, onBootstrap: MigrationModuleOptions['onBootstrap']): Promise<void> {
  const logger = loggerInto(configuration.printed);
  Logger.overrideLogger(logger);
  const options = { onBootstrap, directory, lockWaitTimeout: 1000 };
  const app = await NestFactory.createApplicationContext(application(configuration, options), {
    abortOnError: false,
    logger,
  });
  try {
    const health = await app.get(MigrationHealthIndicator).check('migrations');
    configuration.printed.push(inspect(health, { depth: null }));
    await app.get(MigrationService).current();
  } finally {
    await app.close();
  }
}

/** Each way to a database. */
const doors: Readonly<Record<string, (configuration: Configuration) => Promise<unknown>>> = {
  'boot off': (configuration) => booted(configuration, 'off'),
  'boot verify': (configuration) => booted(configuration, 'verify'),
  'boot wait': (configuration) => booted(configuration, 'wait'),
  'boot upgrade': (configuration) => booted(configuration, 'upgrade'),
  'migratedDatabase()': ({ orm }) => migratedDatabase({ orm, directory }),
  ...Object.fromEntries(
    [['current', '--verbose'], ['status', '--json'], ['upgrade', '-v', '--json'], ['check']].map((line) => [
      `db ${line.join(' ')}`,
      async (configuration: Configuration) => {
        const write = (text: string): number => configuration.printed.push(text);
        await executeDbCommand(application(configuration, { directory }), line, {
          stdout: { write },
          stderr: { write },
        });
      },
    ]),
  ),
};

/** All that a door prints or throws, as a log shows it. */
async function outputOf(door: string, engine: ServerEngine, given: Given): Promise<string> {
  const printed: string[] = [];
  const orm = { driver: drivers[engine], ...given, entities: [], discovery: { warnWhenNoEntities: false } };
  const logged = { ...orm, loggerFactory: undefined, logger: (line: string) => void printed.push(line) };
  try {
    await doors[door]({ orm: logged, printed });
  } catch (error) {
    printed.push(inspect(error, { depth: null }));
  }
  return printed.join('\n');
}

describe.each(serverEngines)('on %s no password is printed', (engine) => {
  it.each(Object.keys(places))(
    '%s, at any door',
    async (place) => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...Object.keys(doors)), password, async (door, secret) => {
          const output = await outputOf(door, engine, places[place](engine, secret));
          expect(words.filter((word) => output.includes(word))).toEqual([]);
        }),
        { numRuns: 40 },
      );
    },
    120_000,
  );
});

describe('a clientUrl that cannot be read', () => {
  const url = 'postgres://visitor:hunter2/x@127.0.0.1:5432/shop';

  it.each(Object.keys(doors))('is one sentence with the cure: %s', async (door) => {
    expect(await outputOf(door, 'postgres', { clientUrl: url })).toContain(
      'The clientUrl in the MikroORM configuration of the default connection cannot be read. ' +
        'Percent-encode user, password and database name: / is %2F',
    );
  });

  it.each([
    ['a port that is a part of a password', 'postgres://visitor:5432/secret@127.0.0.1:5432/shop'],
    ['a percent sign that encodes nothing', 'postgres://visitor:50%off@127.0.0.1:5432/shop'],
  ])('is one with %s', async (_, clientUrl) => {
    expect(await outputOf('boot off', 'postgres', { clientUrl })).toContain(
      'The clientUrl in the MikroORM configuration',
    );
  });

  it.each([
    ['opaque', 'visitor:hunter2@127.0.0.1:5432/shop'],
    ['one of another kind', 'visitor://hunter2/x@127.0.0.1:5432/shop'],
  ])('is told that it lacks a scheme, where what is left is %s', async (_, clientUrl) => {
    const output = await outputOf('boot off', 'postgres', { clientUrl });
    expect(output).toContain('cannot be read. Begin it with the scheme of a database, such as postgres://');
    expect(output).not.toContain('hunter2');
  });

  it('is told of a replica as well', async () => {
    const replica = (clientUrl: string): Given => ({ dbName: 'shop', replicas: [{ clientUrl }] });
    const unparsable = await outputOf('boot off', 'postgres', replica(url));
    expect(unparsable).toContain('A URL in the MikroORM configuration of the default connection cannot be read.');
    const misread = await outputOf('boot off', 'postgres', replica(url.replace('hunter2', '5432')));
    expect(misread).toContain('The clientUrl of replica 1 in the MikroORM configuration of the default connection');
  });
});

describe('an embedded database', () => {
  it.each([
    ['SQLite', SqliteDriver, ':memory:'],
    ['PGlite', PgliteDriver, 'memory://'],
  ])(
    'of %s has no URL to be read',
    async (_, driver, dbName) => {
      const orm = { driver, dbName, entities: [], discovery: { warnWhenNoEntities: false } };
      const printed: string[] = [];
      await booted({ orm, printed }, 'upgrade');
      expect(printed.join('\n')).toContain("status: 'up'");
    },
    600_000,
  );
});

describe('a clientUrl that can be read', () => {
  it.each([
    'postgres://visitor@127.0.0.1:1/shop?application_name=a%40b',
    'postgres://visitor:p@ss:word@127.0.0.1:1/shop',
    'postgres://visitor:p%2Fs%23%3F%25@127.0.0.1:1/my%40shop?sslmode=disable',
    'postgres://127.0.0.1:1/shop',
    'postgresql+psycopg://visitor:word@127.0.0.1:1/shop',
    'other://127.0.0.1:1/shop',
  ])('%s is left alone', async (clientUrl) => {
    expect(await outputOf('boot verify', 'postgres', { clientUrl })).toContain(
      "Can't connect to the database at 127.0.0.1:1",
    );
  });
});

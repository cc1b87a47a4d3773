import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { CONTEXT_NAMES, MikroOrmModule } from '@mikro-orm/nestjs';
import { PgliteDriver } from '@mikro-orm/pglite';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule, Global, Inject, Injectable, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { executeDbCommand, runDbCommand } from '../../../libs/nest-migrate/src/cli/run-db-command.js';
import { bootApplication } from '../../../libs/nest-migrate/src/cli/booted-application.js';
import { isDbCommandMode } from '../../../libs/nest-migrate/src/nest/db-command-mode.js';
import { MigrationModule } from '../../../libs/nest-migrate/src/nest/migration.module.js';

const folder = mkdtempSync(join(tmpdir(), 'nest-migrate-booting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** MikroORM on a folder that is never opened: nothing here asks the database. */
const orm = (contextName?: string): Promise<DynamicModule> =>
  MikroOrmModule.forRoot({
    driver: PgliteDriver,
    dbName: join(folder, contextName ?? 'data'),
    baseDir: folder,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ...(contextName === undefined ? {} : { contextName }),
  }) as Promise<DynamicModule>;

async function db(AppModule: Parameters<typeof executeDbCommand>[0], ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[name] += text) });
  const code = await executeDbCommand(AppModule, argv, { stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...written };
}

describe('the application under a db command', () => {
  it('starts its migration modules and global modules; nothing else, and no hook', async () => {
    const seen: string[] = [];
    @Injectable()
    class Config implements OnModuleInit {
      constructor() {
        seen.push(`config, under db: ${isDbCommandMode()}`);
      }
      onModuleInit(): void {
        seen.push('hook');
      }
    }
    @Global()
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    @Module({ providers: [{ provide: 'cache', useFactory: () => seen.push('a factory that queries') }] })
    class FeatureModule {}
    @Module({
      imports: [
        FeatureModule,
        MigrationModule.forRootAsync({
          orm: orm(),
          inject: [Config],
          useFactory: () => ({ directory: 'nowhere', onBootstrap: 'upgrade' }),
        }),
        ConfigModule,
      ],
    })
    class AppModule {}

    expect(await db(AppModule, 'heads')).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: .*nowhere.*\n$/),
    });
    expect(seen).toEqual(['config, under db: true']);
  });

  it('of a root module with less, no global module of the application, and every entity that was loaded', async () => {
    const started: string[] = [];
    @Global()
    @Module({ providers: [{ provide: 'broker', useFactory: () => started.push('broker') }] })
    class BrokerModule {}
    class Less {}
    const DatabaseModule: DynamicModule = {
      module: Less,
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({
            driver: PgliteDriver,
            dbName: folder,
            baseDir: folder,
            autoLoadEntities: true,
          }),
          directory: 'nowhere',
        }),
      ],
    };
    const Note = defineEntity({ name: 'Note', properties: { id: p.integer().primary() } });
    const feature = MikroOrmModule.forFeature([Note]);
    const AppModule: DynamicModule = { module: class App {}, imports: [BrokerModule, DatabaseModule, feature] };
    const init = jest.spyOn(MikroORM, 'init');
    const booted = await bootApplication(DatabaseModule, false);
    const [orm] = await Promise.all(init.mock.results.map(({ value }) => value as Promise<MikroORM>));
    init.mockRestore();
    expect(started).toEqual([]);
    expect([...orm.getMetadata().getAll().values()].map(({ className }) => className)).toContain('Note');
    await booted.close();
    await (await bootApplication(AppModule, false)).close();
    expect(started).toEqual(['broker']);
  });

  it('an application without the module learns the line to add', async () => {
    @Module({})
    class ShopModule {}
    expect(await db(ShopModule, 'current')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'Error: ShopModule imports no MigrationModule. ' +
        'Add to its imports: MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) }).\n',
    });
    expect((await db(ShopModule, 'current', '--help')).code).toBe(0);
  });

  it('what Nest finds missing is told once, with what Nest advises', async () => {
    @Injectable()
    class Needy {
      constructor(@Inject('not there') readonly dependency: unknown) {}
    }
    @Global()
    @Module({ providers: [Needy] })
    class NeedyModule {}
    @Module({ imports: [MigrationModule.forRoot(), NeedyModule] })
    class AppModule {}
    const { code, stdout, stderr } = await db(AppModule, 'current');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: Nest can't resolve dependencies of the Needy .*\nPotential solutions:\n/);
    expect(stderr.match(/can't resolve dependencies/g)).toHaveLength(1);
  });

  it('several connections come in the order of import, and are closed at the end', async () => {
    @Module({
      imports: [
        MigrationModule.forRoot({ orm: orm('booting_second'), contextName: 'booting_second', directory: 'x' }),
        MigrationModule.forRoot({ orm: orm(), directory: 'y' }),
      ],
    })
    class AppModule {}
    const init = jest.spyOn(MikroORM, 'init');
    const booted = await bootApplication(AppModule, false);
    const orms = await Promise.all(init.mock.results.map(({ value }) => value as Promise<MikroORM>));
    init.mockRestore();
    expect(booted.connections.map(({ name }) => name)).toEqual(['booting_second', 'default']);
    expect(orms.map(({ config }) => config.get('ensureDatabase'))).toEqual([false, false]);
    const closed: unknown[] = [];
    for (const found of orms) found.close = async (force) => void closed.push(force);
    await booted.close();
    expect(closed).toEqual([true, true]);
  });

  it("the application's own commands and logger stay what they are", async () => {
    const { Command, CommandRunner } = await import('nest-commander');
    @Command({ name: 'db', description: 'mine' })
    class UpgradeCommand extends CommandRunner {
      async run(): Promise<void> {
        throw new Error('never');
      }
    }
    @Global()
    @Module({ providers: [UpgradeCommand] })
    class MineModule {}
    @Module({ imports: [MineModule, MigrationModule.forRoot({ orm: orm(), directory: 'nowhere' })] })
    class AppModule {}
    const lines: unknown[] = [];
    const mine = { log: (line: unknown) => lines.push(line), error: () => undefined, warn: () => undefined };
    Logger.overrideLogger(mine);
    const { stderr } = await db(AppModule, 'upgrade');
    expect(stderr).toMatch(/^Error: .*nowhere/);
    new Logger('after').log('still here');
    expect(lines).toEqual(['still here']);
  });
});

describe('one command leaves nothing to the next, nor to the process', () => {
  const register = (): DynamicModule => ({
    module: class NamedModule {},
    imports: [
      MigrationModule.forRoot({ orm: orm('booting_again'), contextName: 'booting_again', directory: 'nowhere' }),
      orm('booting_beside'),
    ],
  });
  const listeners = () =>
    Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));

  it('neither the names of its connections, nor listeners, nor a logger', async () => {
    const before = [listeners(), process.exitCode, { ...process.env }, [...CONTEXT_NAMES]];
    for (const argv of [['heads'], ['upgrade', '--tag', 't'], ['nonsense'], ['--help']]) {
      const names = [...CONTEXT_NAMES];
      // forRoot() again with the same contextName, as a test does that makes its application anew
      const { stderr } = await db(register(), ...argv);
      expect(stderr).not.toContain('already registered');
      // help and bad usage start nothing; what the definition itself registered is its maker's
      if (argv.length === 1 && argv[0] !== 'heads') CONTEXT_NAMES.splice(names.length);
    }
    expect([listeners(), process.exitCode, { ...process.env }, [...CONTEXT_NAMES]]).toEqual(before);
  });

  it('nor where the application fails to start', async () => {
    @Global()
    @Module({ providers: [{ provide: 'x', inject: ['not there'], useFactory: () => undefined }] })
    class FailingModule {}
    for (const attempt of [1, 2]) {
      const { code, stderr } = await db({ imports: [register(), FailingModule] }, 'heads');
      expect([attempt, code, stderr]).toEqual([attempt, 1, expect.stringContaining("Nest can't resolve dependencies")]);
    }
  });

  it('and twice on one application is the same twice', async () => {
    const root = register();
    const first = await db(root, 'heads', '-x', 'a=1', '-d', 'elsewhere');
    const second = await db(root, 'heads');
    expect(first.stderr).toContain('elsewhere');
    expect(second.stderr).not.toContain('elsewhere');
    expect(await db(root, 'heads')).toEqual(second);
  });
});

describe('runDbCommand', () => {
  @Module({})
  class AppModule {}

  it('answers false for anything but its group', async () => {
    for (const argv of [[], ['serve'], ['upgrade'], ['dbx']])
      expect(await runDbCommand(AppModule, { argv })).toBe(false);
    expect(await runDbCommand(AppModule, { argv: ['db', 'current'], name: 'schema' })).toBe(false);
  });

  it('with argv of its own runs, and leaves the process alone', async () => {
    const before = [process.exitCode, process.listenerCount('SIGINT'), Reflect.get(process.stdout, 'write') as unknown];
    const write = process.stderr.write.bind(process.stderr);
    let written = '';
    process.stderr.write = (text: string) => Boolean((written += text));
    try {
      expect(await runDbCommand(AppModule, { argv: ['schema', 'nope'], name: 'schema' })).toBe(true);
    } finally {
      process.stderr.write = write;
    }
    expect(written).toBe("Error: Unknown command 'nope'. See schema --help.\n");
    expect([
      process.exitCode,
      process.listenerCount('SIGINT'),
      Reflect.get(process.stdout, 'write') as unknown,
    ]).toEqual(before);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type InjectionToken } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { MigrationError, type MigrationModuleOptions, MigrationModule, MigrationService } from 'nest-migrate';
import { lockFolder } from '../../../libs/nest-migrate/src/runtime/folder-lock.js';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { queryDatabase, tablesOf } from '../../support/inspect.ts';
import { type RevisionCode } from '../../support/revision-file.ts';
import { enginesByDialect } from '../../support/turns.ts';
import {
  type ApplicationOptions,
  NoteService,
  project,
  type Project,
  RequestService,
  services,
} from './application.ts';

const noteTable: RevisionCode = (op) =>
  op.createTable('note', {
    columns: {
      id: { type: 'integer', primary: true, autoincrement: true },
      text: { type: 'string', length: 100 },
    },
  });
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
});

/** The failure of a promise as its chain of codes, outermost first, and what it says. */
async function failureOf(promise: Promise<unknown>): Promise<{ codes: readonly string[]; message: string }> {
  const error = await promise.then(
    () => new Error('did not fail'),
    (failure: unknown) => failure,
  );
  const codes: string[] = [];
  for (let at: unknown = error; at instanceof MigrationError; at = at.cause) codes.push(at.code);
  return { codes, message: error instanceof Error ? error.message : String(error) };
}

describe.each(enginesByDialect('services'))('services of revisions on %s', (engine) => {
  let database: TestDatabase;
  let at: Project;
  beforeEach(async () => {
    database = await createDatabase(engine);
    at = await project(database);
    cleanups.push(
      () => database.drop(),
      () => at.folder.remove(),
    );
    NoteService.hooks = [];
    RequestService.made = 0;
  });

  async function start(options?: ApplicationOptions): Promise<TestingModule> {
    const app = await Test.createTestingModule({ imports: [at.application(options)] }).compile();
    // closed before its database is dropped, and before a command opens the same folder
    let open = true;
    const close = app.close.bind(app);
    app.close = async () => {
      if (open) await close();
      open = false;
    };
    cleanups.push(() => app.close());
    await app.init();
    return app;
  }

  /** What was written, seen from outside once nothing else holds the database. */
  async function notes(app?: TestingModule): Promise<readonly unknown[]> {
    await app?.close();
    return (await queryDatabase(database, 'select text from note order by id')).map(({ text }) => text);
  }

  const writing: Parameters<Project['revisions']>[0] = {
    aaaa: { upgrade: noteTable },
    bbbb: {
      services: ['notes', 'plain', 'perRequest'],
      upgrade: (op) =>
        op.transaction(async ({ em, get }) => {
          const notes = get<NoteService>('notes');
          notes.write('left to the flush');
          await em.flush();
          await notes.writeTransactional('in a transaction of its own');
          await notes.writeAndChangeMind('never there');
          await get<RequestService>('perRequest').notes.writeTransactional(get<{ word: string }>('plain').word);
          if ((await notes.texts()).length !== 3) throw new Error('the service is outside of the transaction');
        }),
    },
  };
  const written = ['left to the flush', 'in a transaction of its own', 'plain'];

  it('are those of the running application, and part of the transaction', async () => {
    await at.revisions(writing);
    const app = await start();
    expect((await app.get(MigrationService).upgrade()).rows).toEqual(['bbbb']);
    expect(RequestService.made).toBe(1);
    expect(await notes(app)).toEqual(written);
  });

  it('lose what they wrote when the revision throws behind them', async () => {
    await at.revisions({
      aaaa: { upgrade: noteTable },
      bbbb: {
        services: ['notes'],
        upgrade: (op) =>
          op.transaction(async ({ get }) => {
            await get<NoteService>('notes').writeTransactional('gone with the data transaction');
            get<NoteService>('notes').write('and so is this');
            throw new Error('no such luck');
          }),
      },
    });
    const app = await start();
    expect((await failureOf(app.get(MigrationService).upgrade())).message).toContain('no such luck');
    expect(await notes(app)).toEqual([]);
  });

  it('keep what a finished data transaction wrote as the engine keeps it', async () => {
    await at.revisions({
      aaaa: { upgrade: noteTable },
      bbbb: {
        services: ['notes'],
        upgrade: async (op) => {
          await op.transaction(async ({ get }) => get<NoteService>('notes').write('finished'));
          throw new Error('no such luck');
        },
      },
    });
    const app = await start();
    await failureOf(app.get(MigrationService).upgrade());
    // on MySQL and MariaDB the data transaction is one of its own, committed by then
    expect(await notes(app)).toEqual(engine === 'mysql' || engine === 'mariadb' ? ['finished'] : []);
  });

  it('come through `db upgrade` from the whole application, of which no hook runs', async () => {
    await at.revisions(writing);
    const { code, stderr } = await at.db(['upgrade']);
    expect([code, stderr.split('\n').slice(0, 2)]).toEqual([
      0,
      ['Running upgrade  -> aaaa', 'Running upgrade aaaa -> bbbb'],
    ]);
    expect(NoteService.hooks).toEqual([]);
    expect(await notes()).toEqual(written);
    expect(await at.db(['downgrade', 'base'])).toMatchObject({ code: 0 });
    expect((await at.db(['current'])).stdout).toBe('');
  });

  it('leave `db` on the part that it needs where no planned revision names one', async () => {
    await at.revisions(writing);
    // the provider that reads the table would fail before there is one
    expect(await at.db(['upgrade', 'aaaa'], { eager: true })).toMatchObject({ code: 0 });
    expect(await at.db(['upgrade'], { eager: true, gated: false })).toMatchObject({ code: 0 });
    expect(await at.db(['current'], { eager: true })).toMatchObject({ code: 0, stdout: 'bbbb (head)\n' });
    expect(await notes()).toEqual(written);
  });

  it.each([true, false])('say why the whole application could not be built (gated: %s)', async (gated) => {
    await at.revisions(writing);
    const { code, stderr } = await at.db(['upgrade'], { eager: true, gated });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: Revision bbbb needs the services 'notes', 'plain', 'perRequest', for which the whole application is built, and that failed: .*note.* Upgrade to the revision before bbbb first.*\n$/,
    );
    // nothing ran, and nothing holds on to the database
    expect(await at.db(['upgrade', 'aaaa'])).toMatchObject({ code: 0 });
  });

  it('are refused by the gate before the first step, with the cure', async () => {
    await at.revisions(writing);
    const failure = await failureOf(start({ migrations: { onBootstrap: 'upgrade' } }));
    expect(failure.codes).toEqual(['SERVICES_UNAVAILABLE']);
    expect(failure.message).toMatch(/wait for this upgrade\. Nothing was run\. Run db upgrade before/);
    expect(failure.message).not.toContain('\n');
    expect(await tablesOf(database)).toEqual([]);
    // once they are applied, the gate has nothing against them
    expect(await at.db(['upgrade'])).toMatchObject({ code: 0 });
    const app = await start({ migrations: { onBootstrap: 'upgrade' } });
    expect(await notes(app)).toEqual(written);
  });

  it('come to a boot that is not gated', async () => {
    await at.revisions(writing);
    const app = await start({ gated: false, migrations: { onBootstrap: 'upgrade' } });
    expect(await notes(app)).toEqual(written);
  });

  it('are refused before the first step where the application does not list them, or cannot make them', async () => {
    await at.revisions({ aaaa: { upgrade: noteTable }, bbbb: { services: ['note'] } });
    const app = await start();
    const unlisted = await failureOf(app.get(MigrationService).upgrade());
    expect(unlisted.codes).toEqual(['SERVICE_NOT_PROVIDED']);
    expect(unlisted.message).toBe(
      "Revision bbbb needs the service 'note', which the application does not give to its revisions. Did you mean 'notes'?",
    );
    await at.revisions({ aaaa: { upgrade: noteTable }, bbbb: { services: ['absent'] } });
    const absent = await failureOf(app.get(MigrationService).upgrade());
    expect(absent.codes).toEqual(['SERVICE_UNRESOLVED']);
    expect(absent.message).toMatch(/^The service 'absent' of revision bbbb can't be had: .*ABSENT.*Provide the token/);
    await app.close();
    expect(await tablesOf(database)).toEqual([]);
  });

  it('are refused to a revision that did not name them', async () => {
    await at.revisions({
      aaaa: {
        services: ['plain'],
        upgrade: (op) =>
          op.transaction(async ({ get }) => {
            get('plain');
            get<NoteService>('notes').write('x');
          }),
      },
    });
    const app = await start();
    const { codes, message } = await failureOf(app.get(MigrationService).upgrade());
    expect(codes).toEqual(['REVISION_FAILED', 'SERVICE_NOT_EXPORTED']);
    expect(message).toContain(
      "Revision aaaa asks for the service 'notes' without saying so beforehand. " +
        "Add to the revision: export const services = ['plain', 'notes'];",
    );
    expect(message).not.toContain('\n');
  });
});

describe('an embedded database under `db`', () => {
  it('is held before a provider of the whole application can open it', async () => {
    const database = await createDatabase('pglite');
    const at = await project(database);
    cleanups.push(
      () => database.drop(),
      () => at.folder.remove(),
    );
    await at.revisions({ aaaa: { services: ['plain'] } });
    const seen: unknown[] = [];
    const host = {
      cwd: '',
      env: {},
      execPath: '',
      pid: process.pid,
      hostname: '',
      user: '',
      activity: 'another command',
    };
    const building = async (): Promise<void> => {
      const lock = await lockFolder(database.name, host, new Date()).catch((error: Error) => error.message);
      seen.push(lock);
    };
    expect(await at.db(['upgrade'], { building })).toMatchObject({ code: 0 });
    expect(seen).toEqual([expect.stringContaining('is in use by this process itself (db upgrade)')]);
  });
});

describe('the option `services`', () => {
  it('takes what Nest takes as a token', () => {
    const token: InjectionToken = Symbol('anything');
    abstract class Port {}
    const options: MigrationModuleOptions = { services: { ...services, token, Port } };
    expect(Object.keys(options.services!)).toContain('Port');
  });

  it('names the provider that a circular import left undefined', async () => {
    const database = await createDatabase('pglite');
    const at = await project(database);
    cleanups.push(
      () => database.drop(),
      () => at.folder.remove(),
    );
    const app = Test.createTestingModule({
      imports: [at.application({ migrations: { services: { notes: undefined as never } } })],
    });
    await expect(app.compile()).rejects.toThrow(
      "The option 'services' of MigrationModule names no provider for 'notes'.",
    );
  });

  it('comes from a factory as well', async () => {
    const database = await createDatabase('pglite');
    const at = await project(database);
    cleanups.push(
      () => database.drop(),
      () => at.folder.remove(),
    );
    await at.revisions({
      aaaa: {
        services: ['word'],
        upgrade: (op) => op.transaction(async ({ get }) => void (op.xArguments['ok'] ?? get('word'))),
      },
    });
    const { MikroOrmModule } = await import('@mikro-orm/nestjs');
    const app = await Test.createTestingModule({
      imports: [
        MigrationModule.forRootAsync({
          orm: MikroOrmModule.forRoot({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } }),
          useFactory: () => ({ directory: `${at.folder.path}/migrations`, services: { word: 'WORD' } }),
        }),
      ],
      providers: [{ provide: 'WORD', useValue: 'word' }],
    }).compile();
    cleanups.push(() => app.close());
    expect((await app.get(MigrationService).upgrade()).rows).toEqual(['aaaa']);
  });
});

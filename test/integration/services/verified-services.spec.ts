import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MigrationModuleOptions, MigrationService, type VerifyResult } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { tablesOf } from '../../support/inspect.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type RevisionFile } from '../../support/revision-file.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { type ApplicationOptions, NoteService, project, type Project } from './application.ts';

let database: TestDatabase;
let at: Project;
beforeEach(() => {
  NoteService.hooks = [];
});
afterEach(async () => {
  await at.folder.remove();
  await database.drop();
});

type Bodies = Readonly<Record<string, Pick<RevisionFile, 'services' | 'upgrade' | 'downgrade'>>>;

const writing: Bodies = {
  aaaa: {
    upgrade: (op) =>
      op.createTable('note', {
        columns: {
          id: { type: 'integer', primary: true, autoincrement: true, unsigned: op.dialect.startsWith('m') },
          text: { type: 'string', length: 100 },
        },
      }),
    downgrade: (op) => op.dropTable('note'),
  },
  bbbb: {
    services: ['notes'],
    upgrade: (op) =>
      op.transaction(async ({ get }) => {
        const notes = get<NoteService>('notes');
        notes.write('flushed with the transaction');
        await notes.writeTransactional('at once');
        if ((await notes.texts()).length === 0) throw new Error('it reads another database');
      }),
    downgrade: (op) => op.execute('delete from note'),
  },
  cccc: {},
};

async function verified(
  engine: Engine,
  bodies: Bodies,
  { migrations, ...application }: ApplicationOptions = {},
  verify: MigrationModuleOptions['verify'] = { services: true },
): Promise<readonly string[]> {
  database = await createDatabase(engine);
  at = await project(database);
  await at.revisions(bodies);
  const options = { ...application, migrations: { scratch: scratchOption(engine), verify, ...migrations } };
  const { code, stdout, stderr } = await at.db(['verify', '--all', '--json'], options);
  if (stdout === '') throw new Error(stderr);
  const { clean, revisions, findings } = JSON.parse(stdout) as VerifyResult;
  expect(code).toBe(clean ? 0 : 3);
  return [
    ...revisions.map(({ revision, outcome, reason }) => [revision, outcome, reason ?? ''].join(' ').trim()),
    ...findings.map(({ rule, message }) => `${rule}: ${message}`),
  ];
}

describe.each(enginesByDialect('verified-services'))('db verify with the option services on %s', (engine) => {
  it('tries revisions that ask for services, with those of the application built on the scratch database', async () => {
    expect(await verified(engine, writing)).toEqual(['aaaa verified', 'bbbb verified', 'cccc verified']);
    // no hook has run, and nothing has reached the application's own database
    expect(NoteService.hooks).toEqual([]);
    expect(await tablesOf(database)).toEqual([]);
  });
});

describe('db verify with the option services', () => {
  it('leaves out what asks for services, and all behind it, unless it is said', async () => {
    const reason = 'needs the services notes, which a rehearsal has not';
    expect(await verified('sqlite', writing, {}, {})).toEqual([
      'aaaa verified',
      `bbbb not verified ${reason}`,
      `cccc not verified stands on bbbb, which ${reason}`,
    ]);
  });

  it('builds no application whose ORM is not handed over, and opens no other database', async () => {
    const found = await verified('sqlite', writing, { gated: false, eager: true });
    expect(found[0]).toBe('aaaa verified');
    expect(found[1]).toMatch(
      /^bbbb not verified needs services that can't be had: .* the application has an ORM beside that of the scratch database/,
    );
    expect(await tablesOf(database)).toEqual([]);
  });

  it('creates providers that read the database, and tells where they can not while it is empty', async () => {
    const [first, second, third, finding] = await verified('sqlite', writing, { eager: true });
    expect([first, second, third]).toEqual(['aaaa verified', 'bbbb verified', 'cccc verified']);
    // db upgrade fails on a new database for the same reason
    expect(finding).toMatch(
      /^upgrade-fails: In one run from an empty database its services can't be had\. .*no such table/,
    );
  });

  it('says of a revision whose service is not provided what is missing', async () => {
    const found = await verified('sqlite', { ...writing, bbbb: { ...writing['bbbb'], services: ['absent'] } });
    expect(found[1]).toMatch(
      /^bbbb not verified needs services that can't be had: The service 'absent' of revision bbbb/,
    );
    expect(found[2]).toMatch(/^cccc not verified stands on bbbb, which needs services/);
  });
});

describe('MigrationService.verify of a running application, with the option services', () => {
  const outcomes = async (root: Type | DynamicModule): Promise<readonly string[]> => {
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    try {
      NoteService.hooks = [];
      const { revisions } = await app.get(MigrationService).verify({ all: true });
      // the one that runs has its own providers still, and no hook of the other has run
      expect(NoteService.hooks).toEqual([]);
      expect(await tablesOf(database)).toEqual([]);
      return revisions.map(({ revision, outcome, reason }) => `${revision} ${outcome} ${reason ?? ''}`.trim());
    } finally {
      await app.close();
    }
  };
  const started = async (): Promise<DynamicModule> => {
    database = await createDatabase('sqlite');
    at = await project(database);
    await at.revisions(writing);
    return at.application({ migrations: { verify: { services: true } } });
  };

  it('builds the application once more on the scratch database', async () => {
    const imported = await started();
    @Module({ imports: [imported] })
    class Root {}
    expect(await outcomes(Root)).toEqual(['aaaa verified', 'bbbb verified', 'cccc verified']);
  });

  it('says so where only a part of what it was created from is known', async () => {
    const found = await outcomes(await started());
    expect(found[1]).toMatch(/^bbbb not verified .*dynamic module, of which only the class is known/);
  });
});

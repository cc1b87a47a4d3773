import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, MigrationError, MigrationModule, MigrationService } from 'nest-migrate';
import { entities } from '../../application/entities.js';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { enginesByDialect } from '../../support/turns.ts';

describe.each(enginesByDialect('service'))('MigrationService on %s', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('service');
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  /** The application at one point of its development, for as long as `work` takes. */
  async function withEntities<T>(
    version: keyof typeof entities,
    work: (migrations: MigrationService) => Promise<T>,
  ): Promise<T> {
    const module = await Test.createTestingModule({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({ ...database.options, entities: entities[version] }),
          directory: join(folder.path, 'migrations'),
        }),
      ],
    }).compile();
    try {
      return await work(module.get(MigrationService));
    } finally {
      await module.close();
    }
  }

  it('goes from init to head, changes and returns to base', async () => {
    const first = await withEntities('v1', async (migrations) => {
      await migrations.init();
      const migrated = await migrations.migrate({ message: 'create author and book' });
      expect(migrated.created).toMatchObject([{ message: 'create author and book', isHead: true, isBase: true }]);
      expect(migrated.source[0]).toBe(await readFile(migrated.created[0].path, 'utf8'));
      expect(migrated.operations.map(({ kind }) => kind)).toContain('createTable');
      await migrations.upgrade();
      expect(await migrations.migrate()).toMatchObject({ operations: [], created: [], source: [] });
      return migrated.created[0].revision;
    });

    const second = await withEntities('v2', async (migrations) => {
      const dry = await migrations.migrate({ dryRun: true });
      expect([dry.created, dry.source[0]]).toEqual([
        [],
        expect.stringMatching(/(?:op|batch)\.addColumn\('book', 'price'/),
      ]);
      const { created } = await migrations.migrate({ message: 'prices' });
      const events: MigrationEvent[] = [];
      const { steps } = await migrations.upgrade({ onEvent: (event) => events.push(event) });
      expect(steps).toMatchObject([{ revision: created[0].revision, from: [first], message: 'prices' }]);
      expect(events).toContainEqual(expect.objectContaining({ type: 'planned', steps: 1, connection: 'default' }));
      expect((await migrations.migrate()).created).toEqual([]);
      return created[0].revision;
    });

    await withEntities('v1', async (migrations) => {
      expect((await migrations.downgrade()).rows).toEqual([first]);
      await expect(migrations.migrate()).rejects.toMatchObject({ code: 'DATABASE_NOT_AT_HEAD', waiting: [second] });
      // the schema is again what the first revision made it
      await migrations.stamp({ revisions: 'head' });
      expect((await migrations.migrate({ dryRun: true })).operations).toEqual([]);
      await migrations.stamp({ revisions: first });
      expect((await migrations.history()).map(({ revision }) => revision)).toEqual([second, first]);
      await migrations.downgrade({ target: 'base' });
    });
    expect(await tablesOf(database)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });

  it('makes one branch of two', async () => {
    await withEntities('v2', async (migrations) => {
      const [head] = await migrations.heads();
      await migrations.revision({ message: 'left', revId: 'left0001' });
      await migrations.revision({
        message: 'right',
        revId: 'right001',
        head: head.revision,
        splice: true,
        branchLabels: 'right',
      });
      await expect(migrations.upgrade()).rejects.toBeInstanceOf(MigrationError);
      expect((await migrations.branches()).map(({ revision, children }) => [revision, children])).toEqual([
        [head.revision, ['left0001', 'right001']],
      ]);
      const { created } = await migrations.merge({ revisions: 'heads', revId: 'both0001' });
      expect(created[0]).toMatchObject({
        revision: 'both0001',
        isMergePoint: true,
        message: 'merge left0001 and right001',
      });
      expect((await migrations.upgrade({ target: 'right@+3' })).rows).toEqual(['right001']);
      expect((await migrations.upgrade()).rows).toEqual(['both0001']);
      expect((await migrations.show({ revision: 'current' })).map(({ revision }) => revision)).toEqual(['both0001']);
      expect((await migrations.downgrade({ target: 'base' })).rows).toEqual([]);
    });
  });
});

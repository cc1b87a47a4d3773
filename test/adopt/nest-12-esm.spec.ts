import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication, mikroOrm, nestCli } from './adopted-application.ts';
import { firstRevision, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { addAgain, addDryRun, addInstalled } from './nest-add.ts';
import { addIsbn, addShop, sellBook, upgradeShopOnBoot } from './shop.ts';

describe('a generated Nest 12 application, ES modules, on PostgreSQL', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  beforeAll(async () => {
    folder = await temporaryFolder('adopt');
    database = await createDatabase('postgres');
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('gets the library by nest add, and does the main job', async () => {
    const application = new AdoptedApplication(
      'a generated Nest 12 application',
      { parent: folder.path, name: 'nest-12' },
      'dist/main.js',
    );
    application.use(database);
    const job: MainJob = {
      database,
      table: 'book',
      column: 'isbn',
      changeEntity: () => application.edit('src/book.entity.ts', addIsbn),
      upgradeOnBoot: () => upgradeShopOnBoot(application, 'src'),
    };
    await application.step('nest new', () =>
      application.run('node', [nestCli, 'new', 'nest-12', '--skip-install', '--skip-git', '--package-manager', 'npm'], {
        cwd: folder.path,
      }),
    );
    await application.step('add an entity and the database', () =>
      addShop(application, { source: 'src', extension: '.js', driver: 'postgresql' }),
    );
    await application.step('npm install', () =>
      application.installWithoutLibrary([...mikroOrm('core', 'decorators', 'postgresql'), '@mikro-orm/nestjs@7.1.0']),
    );
    await application.step('nest add nest-migrate --dry-run', () => addDryRun(application));
    await application.step('nest add nest-migrate --skip-install', () => addInstalled(application));
    await application.step('nest add nest-migrate again', () => addAgain(application));
    await firstRevision(application, job);
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => sellBook(application));
  });
});

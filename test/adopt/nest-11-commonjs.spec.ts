import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication, mikroOrm } from './adopted-application.ts';
import { firstRevision, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { addIsbn, addShop, sellBook, upgradeShopOnBoot } from './shop.ts';

describe('a generated Nest 11 application, CommonJS, on PGlite', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  beforeAll(async () => {
    folder = await temporaryFolder('adopt');
    database = await createDatabase('pglite');
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('takes the library from its tarball, and does the main job', async () => {
    const application = new AdoptedApplication(
      'a generated Nest 11 application',
      { parent: folder.path, name: 'nest-11' },
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
    await application.step('npx @nestjs/cli@11 new', () =>
      // its own command line and templates, which this repository does not have
      application.run(
        'npm',
        [
          ...['exec', '--yes', '--prefer-offline', '--loglevel=error', '@nestjs/cli@11', '--'],
          ...['new', 'nest-11', '--skip-install', '--skip-git', '--package-manager', 'npm'],
        ],
        { cwd: folder.path },
      ),
    );
    await application.step('add the module and the line in main.ts', async () => {
      await addShop(application, { source: 'src', extension: '', driver: 'pglite' });
      // Nest 11 compiles whatever the folder holds, and dist/main.js would become dist/src/main.js
      await application.edit('tsconfig.build.json', ['"dist"', '"dist", "migrations"']);
    });
    await application.step('npm install', () =>
      application.install([...mikroOrm('core', 'decorators', 'pglite'), '@mikro-orm/nestjs@7.1.0']),
    );
    await firstRevision(application, job);
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => sellBook(application));
  });
});

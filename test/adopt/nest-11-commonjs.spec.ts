import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication, mikroOrm } from './adopted-application.ts';
import { expectThat, firstRevision, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { addAgain, addFromRegistry } from './nest-add.ts';
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

  it('gets the library by nest add, and does the main job', async () => {
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
    await application.step('add an entity and the database', () =>
      addShop(application, { source: 'src', extension: '', driver: 'pglite' }),
    );
    await application.step('npm install', () =>
      application.installWithoutLibrary([...mikroOrm('core', 'decorators', 'pglite'), '@mikro-orm/nestjs@7.1.0']),
    );
    await application.step('nest add nest-migrate', async () => {
      await addFromRegistry(application);
      // Nest 11 compiles whatever the folder holds, and dist/main.js would become dist/src/main.js
      const build = await application.read('tsconfig.build.json');
      expectThat(build.includes('"**/*spec.ts", "migrations"]'), `tsconfig.build.json is:\n${build}`);
    });
    await application.step('nest add nest-migrate again', () => addAgain(application));
    await firstRevision(application, job);
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => sellBook(application));
  });
});

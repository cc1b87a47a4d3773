import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication, mikroOrm, nestCli } from './adopted-application.ts';
import { firstRevision, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { addAgain, addInstalled } from './nest-add.ts';
import {
  addIsbn,
  addShop,
  bookController,
  bookEntity,
  ormImports,
  ormModule,
  sellBook,
  upgradeShopOnBoot,
} from './shop.ts';

const entities = '@app/entities';
const shop = { driver: 'postgresql' } as const;

/** `nest new`, then `nest g app` and `nest g library`, which make a monorepo of it, built by rspack. */
async function generate(application: AdoptedApplication, parent: string): Promise<void> {
  await application.run(
    'node',
    [nestCli, 'new', 'api', '--directory', 'monorepo', '--skip-install', '--skip-git', '--package-manager', 'npm'],
    { cwd: parent },
  );
  await application.run('node', [nestCli, 'generate', 'app', 'worker']);
  await application.run('node', [nestCli, 'generate', 'library', 'entities']);
}

/** The worker reads what the api's revisions make; it neither has nor runs any. */
async function addWorker(application: AdoptedApplication): Promise<void> {
  const source = 'apps/worker/src';
  await application.write(`${source}/book.controller.ts`, bookController(entities));
  await application.edit(
    `${source}/worker.module.ts`,
    [
      "import { Module } from '@nestjs/common';\n",
      `${ormImports(shop, entities)}import { Module } from '@nestjs/common';
import { BookController } from './book.controller.js';
`,
    ],
    ['imports: []', `imports: [${ormModule(shop)}]`],
    ['controllers: [WorkerController', 'controllers: [WorkerController, BookController'],
  );
}

describe('a Nest monorepo of two applications that share entities, on PostgreSQL', () => {
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

  it('takes the library from its tarball, and does the main job in the application that owns the revisions', async () => {
    const application = new AdoptedApplication(
      'a Nest monorepo',
      { parent: folder.path, name: 'monorepo' },
      'dist/apps/api/main.js',
    );
    application.use(database);
    const job: MainJob = {
      database,
      table: 'book',
      column: 'isbn',
      directory: 'apps/api/migrations',
      build: ['api'],
      changeEntity: () => application.edit('libs/entities/src/book.entity.ts', addIsbn),
      upgradeOnBoot: () => upgradeShopOnBoot(application, 'apps/api/src'),
    };
    await application.step('nest new, nest g app, nest g library', () => generate(application, folder.path));
    await application.step('add the entities and the database', async () => {
      await mkdir(join(application.folder, 'libs/entities/src'), { recursive: true });
      await application.write('libs/entities/src/book.entity.ts', bookEntity);
      await application.write('libs/entities/src/index.ts', "export * from './book.entity.js';\n");
      await addShop(application, { ...shop, source: 'apps/api/src', extension: '.js', library: entities });
      await addWorker(application);
    });
    await application.step('npm install', () =>
      application.install(
        [...mikroOrm('core', 'decorators', 'postgresql'), '@mikro-orm/nestjs@7.1.0'],
        // what `nest build` asks for, since the generator has chosen this builder and not added it
        ['@rspack/core@^2.0.0', 'webpack-node-externals@^3.0.0', 'tsconfig-paths-webpack-plugin@^4.0.0'],
      ),
    );
    const choice = { files: ['apps/api/src/app.module.ts', 'apps/api/src/main.ts'], args: ['--project', 'api'] };
    await application.step('nest add nest-migrate --project api', () => addInstalled(application, ...choice.args));
    await application.step('nest add nest-migrate again', () => addAgain(application, choice));
    await firstRevision(application, job);
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => sellBook(application));
    await application.step('the other application works on the same tables', async () => {
      await application.build('worker');
      const [list = ''] = await application.answers([{ path: '/books' }], 'dist/apps/worker/main.js');
      if (!list.includes('9780000000002')) throw new Error(`GET /books of the worker answers ${list}`);
    });
  });
});

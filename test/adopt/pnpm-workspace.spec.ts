import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication } from './adopted-application.ts';
import { expectThat, firstRevision, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { addAgain, addInstalled } from './nest-add.ts';
import { pnpmWorkspace } from './pnpm-workspace.ts';
import { addIsbn, sellBook, upgradeShopOnBoot } from './shop.ts';

const PNPM = '10.34.9';

describe('a workspace of pnpm with strict peers, where a package loads what it declares, on PGlite', () => {
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

  it('installs the library from its tarball, gets it by nest add, and does the main job', async () => {
    const workspace = new AdoptedApplication('a workspace of pnpm', { parent: folder.path, name: 'workspace' }, '');
    const application = new AdoptedApplication(
      'an application in a workspace of pnpm',
      { parent: join(workspace.folder, 'apps'), name: 'api' },
      'dist/main.js',
    );
    application.use(database);
    const buildEntities = async (): Promise<void> => {
      await workspace.run('node', [pnpm, '--filter', '@shop/entities', 'build']);
    };
    const job: MainJob = {
      database,
      table: 'book',
      column: 'isbn',
      changeEntity: async () => {
        await workspace.edit('packages/entities/src/book.entity.ts', addIsbn);
        await buildEntities();
      },
      upgradeOnBoot: () => upgradeShopOnBoot(application, 'src'),
    };
    const tools = join(folder.path, 'tools');
    const pnpm = join(tools, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

    await application.step(`pnpm ${PNPM}, from npm`, async () => {
      await mkdir(tools);
      const install = ['install', '--prefix', tools, '--prefer-offline', '--no-audit', '--no-fund'];
      await workspace.run('npm', [...install, `pnpm@${PNPM}`], { cwd: folder.path });
    });
    await application.step('write its files', async () => {
      for (const [file, text] of Object.entries(pnpmWorkspace())) {
        await mkdir(dirname(join(workspace.folder, file)), { recursive: true });
        await workspace.write(file, text);
      }
    });
    await application.step('pnpm install, with strict peers', async () => {
      await workspace.run('node', [pnpm, 'install', '--prefer-offline', '--reporter', 'append-only']);
      await buildEntities();
    });
    await application.step('nest add nest-migrate', async () => {
      const said = await addInstalled(application);
      expectThat(said.includes('pnpm db init'), `nest add does not say what comes next:\n${said}`);
      expectThat(!said.includes('is missing'), `nest add misses a package:\n${said}`);
    });
    await application.step('nest add nest-migrate again', () => addAgain(application));
    await firstRevision(application, job);
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => sellBook(application));
    await application.step('pnpm db current', async () => {
      const { stdout } = await application.run('node', [pnpm, 'db', 'current'], {
        env: {
          ...application.variables,
          PATH: [join(tools, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
        },
      });
      expectThat(/\(head\)/.test(stdout), `current says:\n${stdout}`);
    });
  });
});

import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { queryDatabase } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication } from './adopted-application.ts';
import { columnsOf, expectThat } from './main-job.ts';
import { addAgain, addInstalled } from './nest-add.ts';
import { publishArticle, removeMigrator, startRealWorld } from './realworld-application.ts';
import { addSubtitle } from './realworld.ts';

describe('an application with migrations of MikroORM, which keeps its history, on PostgreSQL', () => {
  let folder: TemporaryFolder;
  let existing: TestDatabase;
  let lagging: TestDatabase;
  let fresh: TestDatabase;
  beforeAll(async () => {
    folder = await temporaryFolder('adopt');
    existing = await createDatabase('postgres');
    lagging = await createDatabase('postgres');
    fresh = await createDatabase('postgres');
  });
  afterAll(async () => {
    for (const database of [existing, lagging, fresh]) await database.drop();
    await folder.remove();
  });

  it('gets the library by nest add, and takes its migrations over as revisions, on each of its databases', async () => {
    const application = new AdoptedApplication(
      'an application in the shape of the RealWorld example',
      { parent: folder.path, name: 'realworld-import' },
      'dist/main.js',
    );
    application.use(existing);
    await startRealWorld(application);
    await application.step('a colleague has run the first migration only', async () => {
      await application.run('npx', ['mikro-orm', 'migration:up', '--to', 'Migration20211219155639'], {
        env: lagging.env,
      });
    });

    await application.step('nest add nest-migrate, which finds the migrations', async () => {
      const said = await addInstalled(application);
      expectThat(said.includes('db -- import src/migrations'), `nest add does not offer the import:\n${said}`);
      const module = await application.read('src/app.module.ts');
      expectThat(module.includes("directory: 'database'"), `nest add writes no directory:\n${module}`);
      const configuration = await application.read('src/mikro-orm.config.ts');
      expectThat(configuration.includes('withMigrationTables(defineConfig('), `nest add leaves:\n${configuration}`);
    });
    await application.step('nest add nest-migrate again', () => addAgain(application));
    await application.step('npm run db -- init, with a place for scratch databases', async () => {
      await application.edit('src/app.module.ts', ['directory:', "scratch: 'same server',\n    directory:"]);
      const { stderr } = await application.npmDb('init');
      expectThat(!/withMigrationTables|exclude/.test(stderr), `init warns:\n${stderr}`);
    });
    await application.step('db import --dry-run', async () => {
      const { stdout, stderr } = await application.db('import', 'src/migrations', '--dry-run');
      expectThat(/Would write: 2 revisions/.test(stdout + stderr), `import says:\n${stdout}${stderr}`);
      const written = await application.revisions('database');
      expectThat(written.length === 0, `import --dry-run has written ${written.join(', ')}`);
    });
    await application.step('db import', async () => {
      const { stdout, stderr } = await application.db('import', 'src/migrations');
      const said = stdout + stderr;
      expectThat(/Written: 2 revisions/.test(said) && said.includes('Proven on '), `import says:\n${said}`);
      expectThat(said.includes('mikro_orm_migrations has 2 of 2'), `import does not stamp:\n${said}`);
    });
    await application.step('db check: the imported history is what the entities want', () => application.db('check'));
    await application.step('a colleague: db import --stamp, db upgrade runs the other one', async () => {
      application.use(lagging);
      await application.db('import', '--stamp');
      const { stderr } = await application.db('upgrade');
      expectThat(stderr.split('Running upgrade').length === 2, `upgrade says:\n${stderr}`);
      await application.db('check');
    });

    await application.step('the next change of an entity is a revision', async () => {
      application.use(existing);
      await application.edit('src/article/article.entity.ts', addSubtitle);
      await application.npmDb('migrate', '-m', 'add subtitle');
      await application.db('upgrade');
      const columns = await columnsOf(existing, 'article');
      expectThat(columns.includes('subtitle'), `article has the columns ${columns.join()}`);
    });
    await application.step("take MikroORM's migrator out, and start on an empty database", async () => {
      await removeMigrator(application);
      await application.edit('src/app.module.ts', ['directory:', "onBootstrap: 'upgrade',\n    directory:"]);
      await application.build();
      application.use(fresh);
      await publishArticle(application);
      const rows = await queryDatabase(
        fresh,
        "select 1 from information_schema.tables where table_name = 'mikro_orm_migrations'",
      );
      expectThat(rows.length === 0, "MikroORM's migrator has run.");
    });
  });
});

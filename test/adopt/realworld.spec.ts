import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { queryDatabase } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { AdoptedApplication } from './adopted-application.ts';
import { columnsOf, expectThat, secondRevision, upgradeOnBoot, type MainJob } from './main-job.ts';
import { publishArticle, removeMigrator, startRealWorld } from './realworld-application.ts';
import { addSubtitle } from './realworld.ts';
import { addLine } from './shop.ts';

describe('an application with migrations of MikroORM, as the public example is, on PostgreSQL', () => {
  let folder: TemporaryFolder;
  let existing: TestDatabase;
  let empty: TestDatabase;
  let fresh: TestDatabase;
  beforeAll(async () => {
    folder = await temporaryFolder('adopt');
    existing = await createDatabase('postgres');
    empty = await createDatabase('postgres');
    fresh = await createDatabase('postgres');
  });
  afterAll(async () => {
    for (const database of [existing, empty, fresh]) await database.drop();
    await folder.remove();
  });

  it('takes the library from its tarball, keeps its database, and does the main job', async () => {
    const application = new AdoptedApplication(
      'an application in the shape of the RealWorld example',
      { parent: folder.path, name: 'realworld' },
      'dist/main.js',
    );
    application.use(existing);
    const directory = 'revisions';
    const job: MainJob = {
      database: existing,
      table: 'article',
      column: 'subtitle',
      directory,
      changeEntity: () => application.edit('src/article/article.entity.ts', addSubtitle),
      upgradeOnBoot: () =>
        application.edit('src/app.module.ts', ['directory:', "onBootstrap: 'upgrade',\n      directory:"]),
    };

    await startRealWorld(application);
    await application.step('add the module and the line in main.ts', async () => {
      await application.edit(
        'src/app.module.ts',
        [
          "import config from './mikro-orm.config';\n",
          "import config from './mikro-orm.config';\nimport { MigrationModule } from 'nest-migrate';\n",
        ],
        [
          'imports: [MikroOrmModule.forRoot(config), ',
          `imports: [
    MigrationModule.forRoot({
      orm: MikroOrmModule.forRoot(config),
    }),
    `,
        ],
      );
      await addLine(application, 'src/main.ts', 'AppModule');
      await application.edit('package.json', ['"scripts":{', '"scripts":{"db":"nest start -- db",']);
    });
    await application.step(
      "db init refuses ./migrations, which would become the folder of MikroORM's migrator",
      async () => {
        await application.build();
        const { stderr } = await application.run('node', [application.main, 'db', 'init'], {
          env: existing.env,
          fails: true,
        });
        expectThat(/src\/migrations/.test(stderr) && /'directory'/.test(stderr), `init says:\n${stderr}`);
      },
    );
    await application.step('npm run db -- init, with a directory of its own', async () => {
      const line = 'orm: MikroOrmModule.forRoot(config),\n';
      await application.edit('src/app.module.ts', [line, `${line}      directory: '${directory}',\n`]);
      await application.npmDb('init');
    });
    await application.step("MikroORM's own command line finds its migrations as before", async () => {
      const { stdout } = await application.run('npx', ['mikro-orm', 'migration:pending'], { env: empty.env });
      expectThat(stdout.includes('Migration20240114223020'), `migration:pending says:\n${stdout}`);
    });
    await application.step('npm run db -- migrate, on an empty database: the baseline', async () => {
      application.use(empty);
      const { stdout } = await application.npmDb('migrate', '-m', 'baseline');
      expectThat(/_baseline\.ts\s*$/.test(stdout), `migrate does not name the revision's file:\n${stdout}`);
    });
    await application.step('npm run db -- upgrade, on the empty database', async () => {
      await application.npmDb('upgrade');
      const columns = await columnsOf(empty, 'user_to_follower');
      expectThat(columns.join() === 'follower,following', `user_to_follower has the columns ${columns.join()}`);
    });
    await application.step('db stamp head, on the database there is', async () => {
      application.use(existing);
      await application.db('stamp', 'head');
      const { stdout, stderr } = await application.db('migrate', '-m', 'nothing');
      expectThat(/No changes in schema detected/.test(stdout + stderr), `migrate says:\n${stdout}${stderr}`);
    });
    await secondRevision(application, job);
    await upgradeOnBoot(application, job, () => publishArticle(application));
    await application.step("MikroORM's migrator has run nothing of ours", async () => {
      const rows = await queryDatabase(existing, 'select name from mikro_orm_migrations order by name');
      const names = rows.map((row) => row['name']).join(', ');
      expectThat(names === 'Migration20211219155639, Migration20240114223020', `It has run ${names}.`);
    });
    await application.step("take MikroORM's migrator out, and start on an empty database", async () => {
      await removeMigrator(application);
      await application.build();
      application.use(fresh);
      await publishArticle(application);
    });
  });
});

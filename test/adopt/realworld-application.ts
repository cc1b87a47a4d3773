/** The application of `realworld.ts`, as the specs that adopt it start it. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AdoptedApplication, mikroOrm } from './adopted-application.ts';
import { expectThat } from './main-job.ts';
import { realWorldFiles } from './realworld.ts';

const migrator = `
export class AppModule implements OnModuleInit {
  constructor(private readonly orm: MikroORM) {}

  async onModuleInit(): Promise<void> {
    await this.orm.migrator.up();
  }
}
`;

/** Writes and installs it, and starts it as it was: MikroORM's migrator makes the tables. */
export async function startRealWorld(application: AdoptedApplication): Promise<void> {
  await application.step('write its files', async () => {
    for (const [file, text] of Object.entries(realWorldFiles)) {
      await mkdir(dirname(join(application.folder, file)), { recursive: true });
      await application.write(file, text);
    }
  });
  await application.step('npm install', () =>
    application.install(
      [...mikroOrm('core', 'decorators', 'migrations', 'postgresql', 'reflection'), '@mikro-orm/nestjs@7.1.0'],
      mikroOrm('cli'),
    ),
  );
  await application.step("start it as it was: MikroORM's migrator makes the tables", async () => {
    await application.build();
    await application.answers([{ path: '/api/articles', body: { title: 'On Birds' } }]);
  });
}

/** It no longer runs MikroORM's migrator when it starts. */
export async function removeMigrator(application: AdoptedApplication): Promise<void> {
  await application.edit('src/app.module.ts', [migrator, '\nexport class AppModule {}\n'], [', OnModuleInit', '']);
}

/** An article goes in and comes out with the column that our revision has added. */
export async function publishArticle(application: AdoptedApplication): Promise<void> {
  const [, list = ''] = await application.answers([
    { path: '/api/articles', body: { title: 'On Rooms', subtitle: 'and on birds' } },
    { path: '/api/articles' },
  ]);
  expectThat(list.includes('and on birds'), `GET /api/articles answers ${list}`);
}

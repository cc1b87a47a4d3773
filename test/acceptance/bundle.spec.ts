/** An application in one file, in an empty folder: its revisions are in it. */
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ProcessResult, runProcess } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { executing, revision } from '../support/revision-file.ts';

const library = resolve('dist', 'libs', 'nest-migrate', 'src');

const main = `
import 'reflect-metadata';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MigrationModule, MigrationService, runDbCommand } from 'nest-migrate';
import { revisions } from './migrations/index.js';

class AppModule {}
Module({
  imports: [
    MigrationModule.forRoot({
      orm: MikroOrmModule.forRoot({
        driver: SqliteDriver,
        dbName: process.env.DATABASE,
        driverOptions: new NodeSqliteDialect(process.env.DATABASE),
        entities: [],
        discovery: { warnWhenNoEntities: false },
      }),
      revisions,
      onBootstrap: 'upgrade',
    }),
  ],
})(AppModule);

if (!(await runDbCommand(AppModule))) {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  console.log(JSON.stringify(await app.get(MigrationService).current()));
  await app.close();
}
`;

/** Packages that Nest and MikroORM load where an application has them. */
const optional = [
  '@nestjs/microservices*',
  '@nestjs/platform-*',
  '@nestjs/websockets*',
  '@mikro-orm/mariadb',
  '@mikro-orm/migrations*',
  '@mikro-orm/mysql',
  '@mikro-orm/pglite',
  '@mikro-orm/postgresql',
  '@mikro-orm/seeder',
  '@mikro-orm/sqlite',
  'better-sqlite3',
  'class-transformer*',
  'class-validator',
];

describe('an application that is bundled into one file', () => {
  let folder: TemporaryFolder;
  let sources: string;
  let empty: string;
  beforeAll(async () => {
    folder = await temporaryFolder('bundle');
    [sources, empty] = [join(folder.path, 'sources'), join(folder.path, 'empty')];
    const versions = join(sources, 'migrations', 'versions');
    await mkdir(versions, { recursive: true });
    await mkdir(empty);
    await symlink(resolve('node_modules'), join(sources, 'node_modules'));
    await writeFile(join(sources, 'package.json'), '{ "type": "module" }');
    await writeFile(join(sources, 'migrations', 'package.json'), '{ "type": "module" }');
    await writeFile(join(sources, 'main.js'), main);
    const book = executing('create table book (id integer primary key)');
    await writeFile(join(versions, 'aaaa_book.ts'), revision({ id: 'aaaa', down: null, upgrade: book }));
    const title = executing('alter table book add column title text');
    const downgrade = executing('alter table book drop column title');
    await writeFile(join(versions, 'bbbb_title.ts'), revision({ id: 'bbbb', down: 'aaaa', upgrade: title, downgrade }));
  });
  afterAll(() => folder.remove());

  const program = (...argv: string[]): Promise<ProcessResult> =>
    runProcess(process.execPath, [join(library, 'cli', 'nest-migrate.js'), ...argv], { cwd: sources });
  /** Starts the file in a folder; the database is the same everywhere. */
  const start = (cwd: string, ...argv: string[]): Promise<ProcessResult> =>
    runProcess(process.execPath, [join(cwd, 'app.mjs'), ...argv], {
      cwd,
      env: { DATABASE: join(folder.path, 'data.db'), NO_COLOR: '1' },
    });

  it('upgrades and boots without its folder, and leaves the same history as from it', async () => {
    expect(await program('bundle', '--check')).toMatchObject({ code: 3 });
    expect(await program('bundle')).toMatchObject({ code: 0, stdout: `${join(sources, 'migrations', 'index.ts')}\n` });
    expect(await program('bundle', '--check')).toMatchObject({ code: 0 });
    await build({
      entryPoints: [join(sources, 'main.js')],
      outfile: join(sources, 'app.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
      keepNames: true,
      logLevel: 'error',
      external: optional,
      alias: { 'nest-migrate': join(library, 'index.js') },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    await copyFile(join(sources, 'app.mjs'), join(empty, 'app.mjs'));

    const upgraded = await start(empty, 'db', 'upgrade', 'aaaa');
    expect(upgraded).toMatchObject({ code: 0, stderr: expect.stringContaining('Running upgrade  -> aaaa') });
    // on a scratch database, and not on the one that the dialect of the application opens
    expect((await start(empty, 'db', 'verify')).stdout).toMatch(/^bbbb  verified\b/m);
    const booted = await start(empty);
    expect([booted.code, JSON.parse(booted.stdout)]).toMatchObject([0, { rows: ['bbbb'], atHead: true }]);
    expect((await start(empty, 'db', 'history')).stdout).toMatch(/^aaaa -> bbbb \(head\)/);
    // no entity has the table: a difference, and revisions that are looked through for it
    expect(await start(empty, 'db', 'check')).toMatchObject({
      code: 3,
      stderr: expect.not.stringContaining('no revision has made'),
    });
    expect(await start(empty, 'db', 'repair')).toMatchObject({ code: 0 });
    // the files tell the same of what was applied
    expect(await start(sources, 'db', 'repair')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Nothing to repair'),
    });
    const database = new DatabaseSync(join(folder.path, 'data.db'));
    expect(database.prepare("select name from pragma_table_info('book')").all()).toHaveLength(2);
    database.close();
  });

  it.each([['migrate'], ['init'], ['squash', 'aaaa:bbbb']])('says why db %s cannot write there', async (...argv) => {
    const { code, stderr } = await start(empty, 'db', ...argv);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The revisions are part of this bundle, and there is no script directory'),
    });
    expect(await readdir(empty)).toEqual(['app.mjs']);
  });

  it('has a list that new revisions come to, and that an edit makes another', async () => {
    const path = join(sources, 'migrations', 'index.ts');
    const { stderr } = await start(sources, 'db', 'revision', '-m', 'third', '--rev-id', 'cccc');
    expect(stderr).toBe('');
    const list = await readFile(path, 'utf8');
    expect(list).toContain("from './versions/cccc_third.js';");
    expect(await program('bundle', '--check')).toMatchObject({ code: 0 });
    const file = join(sources, 'migrations', 'versions', 'cccc_third.ts');
    await writeFile(file, `${await readFile(file, 'utf8')}// more\n`);
    expect(await program('bundle', '--check')).toMatchObject({ code: 3, stderr: expect.stringContaining(path) });
    await rm(file);
  });
});

import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Test } from '@nestjs/testing';
import { MigrationModule, type MigrationEvent, MigrationService, type MigrationModuleOptions } from 'nest-migrate';
import { entities } from '../../application/entities.js';
import { forms } from '../../unit/script/forms.ts';
import { createDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ofToday = enginesByDialect('script-directory');

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An application whose base is a folder of its own; `migrations` starts it anew with these options. */
async function application(engine: Engine = 'postgres') {
  const database = await createDatabase(engine);
  ends.push(() => database.drop());
  const folder = await temporaryFolder('script directory');
  ends.push(() => folder.remove());
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(2).reverse()) await end();
  };
  const start = async (options: MigrationModuleOptions = {}): Promise<MigrationService> => {
    await stop();
    const orm = MikroOrmModule.forRoot({ ...database.options, entities: entities.v1, baseDir: folder.path });
    const module = await Test.createTestingModule({
      imports: [MigrationModule.forRoot({ orm, ...options })],
    }).compile();
    ends.push(() => module.close());
    return module.get(MigrationService);
  };
  const paths = async (below = ''): Promise<string[]> =>
    (await readdir(join(folder.path, below), { recursive: true })).filter((name) => /\.[cm]?[jt]s$/.test(name)).sort();
  return { database, folder, start, stop, paths };
}

describe('several version locations', () => {
  it('are there after init, each branch goes on where it lives, and a base asks where to', async () => {
    const { folder, start, paths } = await application();
    const options = { versionLocations: ['src/shop/migrations'], fileTemplate: '%(slug)s/%(rev)s' };
    const migrations = await start(options);
    await migrations.init();
    expect(await migrations.heads()).toEqual([]);
    await expect(migrations.revision({ message: 'first' })).rejects.toThrow(
      'Multiple version locations present, please specify --version-path.',
    );
    await migrations.revision({ revId: 'a1', message: 'core', versionPath: 'migrations/versions' });
    const shop = { head: 'base', branchLabels: 'shop', versionPath: 'src/shop/migrations' };
    await migrations.revision({ revId: 'b1', message: 'shop', ...shop });
    await migrations.revision({ revId: 'a2', message: 'core', head: 'a1' });
    await migrations.revision({ revId: 'b2', message: 'shop', head: 'shop@head' });
    await migrations.merge({ revId: 'm', message: 'both', revisions: ['b2', 'a2'] });
    expect(await paths()).toEqual(
      [
        ...['migrations/versions/core/a1.ts', 'migrations/versions/core/a2.ts'],
        ...['src/shop/migrations/shop/b1.ts', 'src/shop/migrations/shop/b2.ts', 'src/shop/migrations/both/m.ts'],
      ].sort(),
    );
    await migrations.upgrade();
    expect((await migrations.current()).rows).toEqual(['m']);

    // one that is added later is an error, until its first revision makes it
    const more = await start({ versionLocations: [...options.versionLocations, 'src/sales'] });
    await expect(more.heads()).rejects.toThrow(
      /There is no version location: .*src\/sales .*db revision --version-path/,
    );
    await more.revision({ revId: 'c1', head: 'base', versionPath: 'src/sales' });
    expect((await more.heads()).map(({ path }) => relative(folder.path, path)).sort()).toEqual([
      'src/sales/c1_.ts',
      'src/shop/migrations/both/m.ts',
    ]);
  });
});

describe('the options of new revisions', () => {
  it('are the name, the clock and the id', async () => {
    const { start, paths } = await application();
    let ids = 0;
    const revisionId = (): string => `r${(ids += 1)}`;
    const migrations = await start({
      ...{ revisionId, timezone: 'asia/kolkata', truncateSlugLength: 10 },
      fileTemplate: '%(year)d/%(rev)s-%(slug)s',
    });
    await migrations.init();
    const { created } = await migrations.revision({ message: 'A long message' });
    expect(created).toMatchObject([{ revision: 'r1', createDate: expect.stringMatching(/\+05:30$/) }]);
    expect(await paths()).toEqual([`migrations/versions/${created[0].createDate?.slice(0, 4)}/r1-a_long_.ts`]);

    for (const [answer, problem] of [
      ['a-b', /Character\(s\) '-' not allowed in revision identifier 'a-b'/],
      ['r1', /r1.*(?:in use|taken|exists|already)/i],
      ['', /'revisionId' of MigrationModule returned an empty string/],
      [Promise.resolve('x') as never, /'revisionId' of MigrationModule returned a promise/],
    ] as const) {
      await expect((await start({ revisionId: () => answer })).revision()).rejects.toThrow(problem);
    }
    expect(await paths()).toHaveLength(1);
  });

  it.each<[MigrationModuleOptions, RegExp]>([
    [{ timezone: 'Europe/Berln' }, /'timezone' .* is no time zone: 'Europe\/Berln'. Did you mean 'Europe\/Berlin'\?/],
    [{ timezone: '' }, /'timezone' .*Use an IANA name/],
    [{ fileTemplate: '../%(rev)s' }, /'fileTemplate' .*is no path within a version location/],
    [{ fileTemplate: '%(id)s' }, /'fileTemplate' .*unknown token: %\(id\)s. Tokens are rev, slug,/],
    [{ truncateSlugLength: 1.5 }, /'truncateSlugLength' .*no whole number/],
    [{ revisionId: 'x' as never }, /'revisionId' .*is no function/],
    [{ postWriteHooks: [{ kind: 'bin' } as never] }, /'postWriteHooks\[0\]\.bin'/],
  ])('are refused where they are wrong: %j', async (options, problem) => {
    const { start } = await application();
    await expect(start(options).then((migrations) => migrations.heads())).rejects.toThrow(problem);
  });
});

describe('post-write hooks', () => {
  it('run on what migrate, revision and merge write, and fail them', async () => {
    const { folder, start } = await application();
    const tidy = { kind: 'exec', name: 'tidy', command: process.execPath } as const;
    const mark = "require('node:fs').appendFileSync(process.argv[1], '// tidy\\n'); console.log('done')";
    const hooks = [{ ...tidy, args: ['-e', mark, '--'] }];
    const events: MigrationEvent[] = [];
    const onEvent = (event: MigrationEvent): void => void events.push(event);
    const migrations = await start({ postWriteHooks: hooks });
    await migrations.init();
    const dry = await migrations.migrate({ dryRun: true, onEvent });
    expect([dry.created, events]).toEqual([[], []]);
    const migrated = await migrations.migrate({ message: 'tables', onEvent });
    const [{ path }] = migrated.created;
    expect(events).toEqual([
      { connection: 'default', type: 'hookStarted', hook: 'tidy', path },
      { connection: 'default', type: 'hookOutput', hook: 'tidy', line: 'done' },
    ]);
    expect(migrated.source).toEqual([await readFile(path, 'utf8')]);
    await migrations.upgrade();
    const [a] = (await migrations.revision({ revId: 'a' })).created;
    const [b] = (await migrations.revision({ revId: 'b', head: migrated.created[0].revision, splice: true })).created;
    const [merged] = (await migrations.merge({ revisions: 'heads' })).created;
    for (const each of [a, b, merged]) expect(await readFile(each.path, 'utf8')).toMatch(/\/\/ tidy\n$/);

    const failing = await start({ postWriteHooks: [{ ...tidy, args: ['-e', 'process.exit(3)'] }] });
    await expect(failing.revision({ revId: 'c' })).rejects.toMatchObject({
      ...{ code: 'POST_WRITE_HOOK_FAILED', hook: 'tidy', path: join(folder.path, 'migrations/versions/c_.ts') },
      message: expect.stringContaining(
        "The post-write hook 'tidy' failed with exit code 3; the revision is valid and stays:",
      ),
    });
    expect(await failing.heads()).toMatchObject([{ revision: 'c' }]);
  });
});

describe('a directory in JavaScript', () => {
  it('has its whole life in .js, what migrate writes included', async () => {
    const { database, start, paths } = await application();
    const migrations = await start();
    await migrations.init({ template: 'javascript' });
    await migrations.migrate({ revId: 'a', message: 'tables' });
    await migrations.revision({ revId: 'b', message: 'more' });
    expect(await paths()).toEqual(['migrations/versions/a_tables.js', 'migrations/versions/b_more.js']);
    await migrations.upgrade();
    expect(await tablesOf(database)).toContain('author');
    expect(await migrations.check()).toMatchObject({ clean: true });
    await migrations.downgrade({ target: 'base' });
    expect(await tablesOf(database)).not.toContain('author');
  });
});

const tsc = forms.find(({ name }) => name === 'ES module of tsc');

describe.each(ofToday)('a directory that moves between TypeScript and JavaScript, on %s', (engine) => {
  it('stays one history, file by file and folder by folder', async () => {
    const { database, folder, start, stop } = await application(engine);
    const ids = ['r1', 'r2', 'r3', 'r4'];
    const versions = join(folder.path, 'migrations', 'versions');
    let migrations = await start();
    await migrations.init();
    for (const [index, id] of ids.entries()) {
      const text = `import type { Operations } from 'nest-migrate';
export const revision: string = '${id}' as const;
export const downRevision: string | null = ${index === 0 ? 'null' : `'${ids[index - 1]}'`};
export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('t_${id}', { columns: { id: { type: 'integer', primary: true } } });
}
export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('t_${id}');
}
`;
      await writeFile(join(versions, `${id}.ts`), text);
    }
    const compile = async (id: string, to: string): Promise<void> => {
      await mkdir(to, { recursive: true });
      await writeFile(join(to, `${id}.js`), tsc?.compile(await readFile(join(versions, `${id}.ts`), 'utf8')) ?? '');
    };
    const applied = async (): Promise<string[]> => {
      await stop(); // of PGlite's folder there is one user at a time
      return (await tablesOf(database)).filter((name) => name.startsWith('t_'));
    };

    await migrations.upgrade({ target: 'r2' });
    // beside each other: still one revision each, in the middle of the history
    for (const id of ['r1', 'r3']) await compile(id, versions);
    expect((await migrations.history()).map(({ revision }) => revision)).toEqual(['r4', 'r3', 'r2', 'r1']);
    await migrations.upgrade({ target: 'r3' });
    // some of them compiled alone
    for (const id of ['r1', 'r3']) await rm(join(versions, `${id}.ts`));
    expect(await migrations.current()).toMatchObject({ rows: ['r3'], atHead: false });
    await migrations.downgrade();
    // all of them, in another folder
    const dist = join(folder.path, 'dist', 'database');
    for (const id of ['r2', 'r4']) await compile(id, join(dist, 'versions'));
    for (const id of ['r1', 'r3']) await cp(join(versions, `${id}.js`), join(dist, 'versions', `${id}.js`));
    await writeFile(join(dist, 'package.json'), '{ "type": "module" }');
    await rename(versions, `${versions}.away`);
    migrations = await start({ directory: 'dist/database' });
    expect(await migrations.current()).toMatchObject({ rows: ['r2'] });
    await migrations.upgrade();
    expect(await applied()).toEqual(['t_r1', 't_r2', 't_r3', 't_r4']);
    migrations = await start({ directory: 'dist/database' });
    // and a new one, where there is no template
    await migrations.revision({ revId: 'r5' });
    expect(existsSync(join(dist, 'versions', 'r5_.ts'))).toBe(true);
    await migrations.downgrade({ target: 'base' });
    expect(await applied()).toEqual([]);
  });
});

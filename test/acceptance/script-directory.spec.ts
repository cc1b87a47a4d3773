import { chmod, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { historyOf } from '../loading/history.ts';
import { installLibrary, node, tool, writeFiles } from '../loading/project.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { tablesOf } from '../support/inspect.ts';
import { executing, revision } from '../support/revision-file.ts';
import { startProcess, type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

/** An application in JavaScript; the environment and `orm-options.js` say what is special about it. */
const main = `import 'reflect-metadata';
import { Migrator } from '@mikro-orm/migrations';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MigrationModule, runDbCommand } from 'nest-migrate';
import * as settings from './orm-options.js';

const { env } = process;
const options = {
  driver: PostgreSqlDriver,
  entities: [],
  discovery: { warnWhenNoEntities: false },
  ...{ dbName: env.DB_NAME, host: env.DB_HOST, port: Number(env.DB_PORT), user: env.DB_USER, password: env.DB_PASSWORD },
  ...(env.BASE_DIR === undefined ? {} : { baseDir: env.BASE_DIR }),
  ...(env.MIGRATOR === 'yes' ? { extensions: [Migrator] } : {}), // MikroORM registers what is installed in any case
  ...settings.more,
};
if (process.argv[2] === 'pending') {
  const orm = await MikroORM.init(options);
  console.log((await orm.migrator.getPending()).map(({ name }) => name).join());
  await orm.close();
} else {
  const orm = MikroOrmModule.forRoot(options);
  await runDbCommand({ module: class AppModule {}, imports: [MigrationModule.forRoot({ orm, directory: env.DIRECTORY, ...settings.module })] });
}
`;

/** A migration of MikroORM's own. */
const mikroOrmMigration = `import { Migration } from '@mikro-orm/migrations';
export class Migration20260101000000 extends Migration { async up() { this.addSql('select 1'); } }
`;

const history = historyOf().files;
const first = history['r0.ts'] ?? '';

describe('where revisions live', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let app: string;
  let projects = 0;

  beforeAll(async () => {
    folder = await temporaryFolder('where é');
    await installLibrary(folder.path);
    database = await createDatabase('postgres');
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });
  beforeEach(async () => {
    projects += 1;
    app = join(folder.path, `app${projects}`);
    await writeFiles(app, {
      'package.json': '{ "type": "module" }',
      'main.js': main,
      'orm-options.js': 'export const more = {};\n',
    });
  });

  const db = (argv: readonly string[], env: Readonly<Record<string, string | undefined>> = {}, cwd = app) =>
    node(cwd, [join(app, 'main.js'), ...argv], { ...database.env, ...env });

  async function succeed(...call: Parameters<typeof db>): Promise<ProcessResult> {
    const result = await db(...call);
    expect([result.code, result.code === 0 ? '' : result.stderr]).toEqual([0, '']);
    return result;
  }

  it("is relative to MikroORM's baseDir, from every working directory", async () => {
    const elsewhere = join(folder.path, 'elsewhere');
    await mkdir(elsewhere);
    await succeed(['db', 'init'], { BASE_DIR: app }, elsewhere);
    await writeFiles(app, { 'migrations/versions/r0.ts': first });
    expect((await succeed(['db', 'heads'], { BASE_DIR: app }, elsewhere)).stdout).toMatch(/^r0\b/);
    expect((await succeed(['db', 'heads'])).stdout).toMatch(/^r0\b/); // without one: the working directory

    const lost = await db(['db', 'heads'], {}, elsewhere);
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain(`${join(elsewhere, 'migrations')} (resolved against ${elsewhere})`);
    expect(lost.stderr).toContain("Run 'db init' to create it, or set 'directory' to where it is.");
  });

  describe("beside MikroORM's own migrations", () => {
    const env = { MIGRATOR: 'yes' };
    const pending = async (): Promise<string> => (await succeed(['pending'], env)).stdout.trim();

    beforeEach(() => writeFiles(app, { 'src/migrations/Migration20260101000000.js': mikroOrmMigration }));

    it('which an empty ./migrations would hide, and have unrelated files run', async () => {
      expect(await pending()).toBe('Migration20260101000000');
      await mkdir(join(app, 'migrations'));
      expect(await pending()).toBe('main,orm-options');
      await rmdir(join(app, 'migrations'));
    });

    it('is refused, with the line that keeps them', async () => {
      const refused = await db(['db', 'init'], env);
      expect(refused.code).toBe(1);
      expect(refused.stderr.trim().split('\n')).toHaveLength(1);
      expect(existsSync(join(app, 'migrations'))).toBe(false);

      const line = /MikroORM's configuration: (migrations: \{.*\})/.exec(refused.stderr)?.[1] ?? 'not printed';
      await writeFiles(app, { 'orm-options.js': `export const more = { ${line} };\n` });
      await succeed(['db', 'init'], env);
      expect(await pending()).toBe('Migration20260101000000');
      expect(await readdir(join(app, 'migrations'))).toContain('versions');
    });

    it('is refused, with another name that leaves them alone', async () => {
      const name = /to another name, such as '(\w+)'/.exec((await db(['db', 'init'], env)).stderr)?.[1];
      expect(name).toBeDefined();
      await succeed(['db', 'init'], { ...env, DIRECTORY: name });
      expect(await pending()).toBe('Migration20260101000000');
    });

    it('is refused without the extension as well, and is not where there are none', async () => {
      expect((await db(['db', 'init'])).code).toBe(1);
      await rm(join(app, 'src', 'migrations'), { recursive: true });
      const { stderr } = await succeed(['db', 'init']);
      expect(stderr).not.toMatch(/MikroORM/);
    });
  });

  it("is left out of the application's build by the line that init prints", async () => {
    await writeFiles(app, {
      'src/main.ts': 'export const started = true;\n',
      'tsconfig.json':
        '{ "compilerOptions": { "module": "nodenext", "outDir": "./dist", "types": [], "lib": ["es5"], "noEmitOnError": true } }',
    });
    const configuration = {
      extends: './tsconfig.json',
      compilerOptions: { rootDir: './src' },
      exclude: ['node_modules', 'main.js', 'orm-options.js'],
    };
    const configure = (json: object) => writeFile(join(app, 'tsconfig.build.json'), JSON.stringify(json));
    await configure(configuration);
    const build = () => node(app, [tool('typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
    const { stderr } = await succeed(['db', 'init']);
    expect(stderr).toContain(`${join(app, 'tsconfig.build.json')} includes ${join(app, 'migrations')}`);
    const edit = /Write into it: ("exclude": \[.*\])/.exec(stderr)?.[1] ?? 'not printed';
    await writeFiles(app, { 'migrations/versions/r0.ts': first });
    expect(await build()).toMatchObject({ stdout: expect.stringContaining("is not under 'rootDir'") });

    await configure({ ...configuration, ...(JSON.parse(`{${edit}}`) as object) });
    expect(await build()).toMatchObject({ code: 0, stdout: '' });
    expect(await readdir(join(app, 'dist'))).toEqual(['main.js']);
  });

  it('holds ES modules in a CommonJS application, by a package.json that an error asks for where it is lost', async () => {
    await writeFiles(app, {
      'package.json': '{ "type": "commonjs" }',
      'main.mjs': main.replace('orm-options.js', 'orm-options.cjs'),
      'orm-options.cjs': 'exports.more = {};',
    });
    const run = (argv: readonly string[]) => node(app, ['main.mjs', 'db', ...argv], database.env);
    expect((await run(['init'])).code).toBe(0);
    await writeFiles(app, { 'migrations/versions/r0.ts': first });
    await rm(join(app, 'migrations', 'package.json'));
    const failed = await run(['upgrade']);
    expect(failed.code).toBe(1);
    const json = /Put a package.json with (\{.*\}) into the script directory\./.exec(failed.stderr)?.[1];
    await writeFiles(app, { 'migrations/package.json': json ?? 'not printed' });
    expect(await run(['upgrade'])).toMatchObject({ code: 0 });
    expect(await tablesOf(database)).toContain('t_r0');
    expect(await run(['downgrade', 'base'])).toMatchObject({ code: 0 });
  });

  it('is loaded without a warning of Node, beside a package.json that says no type', async () => {
    const text = revision({ id: 'aaaa', upgrade: executing('select 1') });
    await writeFiles(app, {
      'package.json': '{}',
      'main.mjs': main.replace('orm-options.js', 'orm-options.cjs'),
      'orm-options.cjs': 'exports.more = {};',
      'old/Migration20260101000000.ts': mikroOrmMigration,
      'migrations/versions/aaaa.ts': text,
    });
    const run = (argv: readonly string[], directory: string) =>
      node(app, ['main.mjs', 'db', ...argv], { ...database.env, DIRECTORY: join(app, directory) });
    const upgraded = await run(['upgrade'], 'migrations');
    expect(upgraded).toMatchObject({ code: 0, stderr: 'Running upgrade  -> aaaa, revision aaaa\n' });
    expect(await run(['downgrade', 'base'], 'migrations')).toMatchObject({ code: 0 });
    await mkdir(join(app, 'imported', 'versions'), { recursive: true });
    const imported = await run(['import', 'old', '--from', 'mikro-orm', '--unproven'], 'imported');
    expect(imported).toMatchObject({ code: 0, stderr: expect.not.stringContaining('MODULE_TYPELESS') });
  });

  it('does not restart nest start --watch for a new revision', async () => {
    await writeFiles(app, {
      'nest-cli.json': '{ "sourceRoot": "src", "compilerOptions": { "builder": "tsc" } }',
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'nodenext', outDir: './dist', rootDir: './src', types: [] },
        include: ['src'],
      }),
      'src/main.ts': "console.log('started 1');\nsetInterval(() => undefined, 1000);\n",
    });
    await succeed(['db', 'init']);
    const watching = await startProcess(process.execPath, [tool('@nestjs/cli/bin/nest.js'), 'start', '--watch'], {
      cwd: app,
      env: { NODE_OPTIONS: undefined },
    });
    try {
      await watching.waitForOutput(/started 1/);
      await writeFiles(app, { 'migrations/versions/r0.ts': first });
      // a change that it does watch comes after the one that it must not see
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await writeFiles(app, { 'src/main.ts': "console.log('started 2');\n" });
      await watching.waitForOutput(/started 2/);
      expect(watching.stdout.match(/started \d/g)).toEqual(['started 1', 'started 2']);
    } finally {
      await watching.stop();
    }
  });

  it('is made from a template, written in sub-folders of several locations, and tidied by prettier and eslint', async () => {
    await writeFiles(app, {
      'orm-options.js': `export const more = {};
export const module = {
  versionLocations: ['src/shop/migrations'],
  fileTemplate: '%(year)d/%(rev)s_%(slug)s',
  timezone: 'Europe/Berlin',
  postWriteHooks: [
    { kind: 'bin', bin: 'eslint', args: ['--fix'] },
    { kind: 'bin', bin: 'prettier', args: ['--write', '--single-quote'] },
    { kind: 'exec', name: 'count', command: process.execPath, args: ['-e', 'process.exit(Number(process.env.HOOK_CODE ?? 0))'] },
  ],
};
`,
      'eslint.config.js': "export default [{ rules: { 'capitalized-comments': 'error' } }];\n",
      'mine/revision.js.template': [
        ...['// ${message}', '${constants}', 'export async function upgrade (op){', '${upgrade}', '}'],
        ...['export async function downgrade (op) {', '${downgrade}', '}', ''],
      ].join('\n'),
    });
    expect((await db(['db', 'init', '-t', 'javscript'])).stderr).toBe(
      "Error: There is no template 'javscript'. Did you mean 'javascript'?\n",
    );
    const created = (await succeed(['db', 'init', '--template', './mine'])).stdout.trim().split('\n');
    expect(created).toContain(join(app, 'migrations', 'revision.js.template'));
    expect(created).toContain(join(app, 'src', 'shop', 'migrations', '.gitkeep'));

    const asked = await db(['db', 'revision', '-m', 'first']);
    expect([asked.code, asked.stderr]).toEqual([
      1,
      'Error: Multiple version locations present, please specify --version-path. It is one of ' +
        `${join(app, 'migrations', 'versions')}, ${join(app, 'src', 'shop', 'migrations')}.\n`,
    ]);
    const message = "it's */ `${first}`";
    const first = await succeed([
      ...'db revision --rev-id a --version-path src/shop/migrations -m'.split(' '),
      message,
    ]);
    const path = first.stdout.trim();
    expect(path).toMatch(/src\/shop\/migrations\/20\d\d\/a_it_s_first\.js$/);
    expect(first.stderr).toMatch(
      /^Running post-write hook 'eslint'\nRunning post-write hook 'prettier'\n {2}.*a_it_s_first\.js \d+ms\nRunning post-write hook 'count'\n$/,
    );
    expect(await readFile(path, 'utf8')).toContain(`// It's *\\/ \`\${first}\`
export const revision = 'a';
`);
    expect(await readFile(path, 'utf8')).toContain('async function upgrade(op) {\n  void op; // Nothing to do\n}\n');

    const failed = await db(['db', 'revision', '--rev-id', 'b'], { HOOK_CODE: '4' });
    expect([failed.code, failed.stdout, failed.stderr.split('\n').at(-2)]).toEqual([
      1,
      '',
      expect.stringMatching(
        /^Error: The post-write hook 'count' failed with exit code 4; the revision is valid and stays: .*b_\.js\. Correct the file by hand, or the hook in 'postWriteHooks'\.$/,
      ),
    ]);
    expect((await succeed(['db', 'heads'])).stdout).toMatch(/^b\b/);
    await succeed(['db', 'upgrade']);
    expect((await succeed(['db', 'history'])).stdout).toMatch(/a -> b[\s\S]*<base> -> a/);
    await succeed(['db', 'downgrade', 'base']);
  });

  describe('on a file system that cannot be written, without rights and without a home', () => {
    /** A container's user need not have a name. Only root can become another: elsewhere it is whoever runs the tests. */
    const accounts = {
      nobody: { uid: 65_534, gid: 65_534 },
      'a user without a name': { uid: 54_321, gid: 54_321 },
    };
    const isRoot = process.getuid?.() === 0;

    async function protect(path: string, mode: { readonly folder: number; readonly file: number }): Promise<void> {
      for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
        await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? mode.folder : mode.file);
      }
      await chmod(path, mode.folder);
    }

    beforeEach(async () => {
      await succeed(['db', 'init']);
      await writeFiles(join(app, 'migrations', 'versions'), history);
      await chmod(folder.path, 0o755);
      await protect(app, { folder: 0o555, file: 0o444 });
    });
    afterEach(() => protect(app, { folder: 0o755, file: 0o644 }));

    // in turns: what the commands do with the files is the same
    it.each(Object.entries(accounts).filter(([name]) => isTurn(0, name, Object.keys(accounts))))(
      'is read and applied by %s, who is told what cannot be written',
      async (_name, account) => {
        const env = {
          HOME: undefined,
          USER: undefined,
          LOGNAME: undefined,
          XDG_CACHE_HOME: undefined,
          TMPDIR: undefined,
        };
        const run = async (argv: readonly string[]): Promise<ProcessResult> => {
          const running = await startProcess(process.execPath, [join(app, 'main.js'), 'db', ...argv], {
            cwd: app,
            env: { NODE_OPTIONS: undefined, NO_COLOR: '1', ...database.env, ...env },
            ...(isRoot ? account : {}),
          });
          return running.exited;
        };
        const last = `r${Object.keys(history).length - 1}`;
        expect(await run(['current'])).toMatchObject({ code: 0, stdout: '' });
        expect(await run(['heads'])).toMatchObject({ code: 0, stdout: expect.stringContaining(last) });
        expect(await run(['upgrade'])).toMatchObject({ code: 0 });
        expect(await run(['current'])).toMatchObject({ code: 0, stdout: expect.stringContaining(last) });
        expect(await tablesOf(database)).toContain(`t_${last}`);
        expect(await run(['downgrade', 'base'])).toMatchObject({ code: 0 });

        const refused = await run(['revision', '-m', 'more']);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/^Error: .*versions.*/);
        expect(refused.stderr.trim().split('\n')).toHaveLength(1);
      },
    );
  });
});

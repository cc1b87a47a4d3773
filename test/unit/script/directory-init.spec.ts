import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import {
  checkBuildConfiguration,
  checkMikroOrmMigrations,
} from '../../../libs/nest-migrate/src/script/application-checks.js';
import { initDirectory, type InitDirectoryOptions } from '../../../libs/nest-migrate/src/script/directory-init.js';
import { nodeFileSystem as fs } from '../../../libs/nest-migrate/src/script/file-system.js';
import { directoryTemplate } from '../../../libs/nest-migrate/src/script/directory-template.js';
import { renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { templateFiles, templates } from '../../../libs/nest-migrate/src/script/templates.js';
import { writeRevision } from '../../../libs/nest-migrate/src/script/revision-writer.js';
import { ScriptDirectory } from '../../../libs/nest-migrate/src/script/script-directory.js';
import { TemporaryFolder } from './temporary-folder.js';

const folders: TemporaryFolder[] = [];
let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  folders.push(folder);
  path = join(folder.path, 'migrations');
});
afterAll(() => folders.forEach((each) => each.remove()));

const init = (options: Partial<InitDirectoryOptions> = {}) =>
  initDirectory({ path, base: folder.path, fs, ...options });

describe('creating a script directory', () => {
  it('answers what it created, which works at once and has no script at its top', async () => {
    const { created, findings } = await init();
    expect(created.map((each) => relative(folder.path, each))).toEqual([
      'migrations',
      'migrations/versions',
      'migrations/package.json',
      'migrations/README.md',
      'migrations/revision.template',
      'migrations/versions/.gitkeep',
    ]);
    expect(findings).toEqual([]);
    expect(readdirSync(path).filter((name) => /\.[cm]?[jt]s$/.test(name))).toEqual([]);
    expect(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))).toEqual({ type: 'module' });
    const directory = await ScriptDirectory.open({ path, base: folder.path, fs });
    expect(await directory.read()).toEqual([]);
    const content = { revision: 'a', downRevision: [], dependsOn: [], branchLabels: [], message: 'first' };
    await writeRevision({ ...content, upgrade: '', downgrade: '', directory, fs, now: new Date() });
    expect(await directory.read()).toHaveLength(1);
  });

  it('takes an empty folder, but nothing that is in use', async () => {
    await fs.makeFolder(path);
    expect((await init()).created).not.toContain(path);
    await expect(init()).rejects.toMatchObject({ code: 'SCRIPT_DIRECTORY_NOT_EMPTY', path });
    path = join(folder.path, 'file');
    folder.write({ file: 'mine' });
    await expect(init()).rejects.toThrow(`${path} (resolved against ${folder.path}) already exists and is not empty.`);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('a template', () => {
  const names = (): string[] => (readdirSync(path, { recursive: true }) as string[]).sort();

  it.each(Object.keys(templates))('called %s gives a directory that the next revision works in', async (name) => {
    await init({ template: name });
    const template = await directoryTemplate(path, fs);
    expect(names()).toEqual(
      ['README.md', 'package.json', basename(template.name), 'versions', 'versions/.gitkeep'].sort(),
    );
    expect(readFileSync(join(path, 'README.md'), 'utf8')).toContain(`\`${basename(template.name)}\``);
    const body = template.form === 'function' ? '' : { default: '', reporting: '' };
    const content = { revision: 'a', downRevision: [], dependsOn: [], branchLabels: [], message: 'first' };
    const directory = await ScriptDirectory.open({ path, base: folder.path, fs });
    await writeRevision({ ...content, upgrade: body, downgrade: body, directory, fs, now: new Date() });
    expect(readdirSync(join(path, 'versions'))).toContain(name === 'javascript' ? 'a_first.js' : 'a_first.ts');
    expect(await directory.read()).toHaveLength(1);
  });

  it('has every placeholder that it knows in its README', async () => {
    await init();
    const known = /Known are (.*?);/.exec(
      await directoryTemplate(path, fs).then(({ text }) => {
        try {
          return renderRevision(
            {
              revision: 'a',
              downRevision: [],
              dependsOn: [],
              branchLabels: [],
              message: '',
              createDate: '',
              upgrade: '',
              downgrade: '',
            },
            { name: 't', text: `${text}$\{?}` },
          );
        } catch (error) {
          return String(error);
        }
      }),
    );
    const documented = [...readFileSync(join(path, 'README.md'), 'utf8').matchAll(/`\$\{(\w+)\}`/g)].map(
      ([, name]) => name,
    );
    expect(new Set(documented)).toEqual(new Set([...(known?.[1]?.split(', ') ?? []), 'name']));
  });

  it.each(['migrations'])('is what this repository has in %s', (directory) => {
    for (const [name, text] of Object.entries(templateFiles('default'))) {
      if (name !== 'versions/.gitkeep') expect(readFileSync(join(directory, name), 'utf8')).toBe(text);
    }
  });

  it('can be a folder of your own, whose gaps the default fills', async () => {
    folder.write({
      'mine/revision.mjs.template': '// ${message}\n${constants}\n${upgrade}\n${downgrade}\n',
      'mine/seed/a.sql': 'x',
    });
    const { created } = await init({ template: './mine' });
    expect(created.slice(0, 2)).toEqual([path, join(path, 'versions')]);
    expect(names()).toEqual(
      [
        'README.md',
        'package.json',
        'revision.mjs.template',
        'seed',
        'seed/a.sql',
        'versions',
        'versions/.gitkeep',
      ].sort(),
    );
  });

  it.each([
    ['javscript', {}, /There is no template 'javscript'\. Did you mean 'javascript'\?/],
    ['mine', {}, /There are default, javascript, multidb; .* \.\/mine\./],
    ['./gone', {}, /There is no template folder .*gone/],
    [
      './t',
      { 't/revision.template': '${constants}\n${x}' },
      /t\/revision\.template has an unknown placeholder: .*\(line 2\)/,
    ],
    ['./t', { 't/env.ts': '' }, /has a script at its top: env\.ts/],
  ])('that is wrong leaves nothing behind: %s', async (template, files, problem) => {
    folder.write(files);
    await expect(init({ template })).rejects.toThrow(problem);
    expect(await fs.exists(path)).toBe(false);
  });

  it('comes with the further version locations', async () => {
    const versionLocations = [join(folder.path, 'src/shop'), join(folder.path, 'there')];
    folder.write({ 'there/a.txt': '' });
    const { created } = await init({ versionLocations });
    expect(created.slice(-3).map((each) => relative(folder.path, each))).toEqual([
      'src',
      'src/shop',
      'src/shop/.gitkeep',
    ]);
    await ScriptDirectory.open({ path, base: folder.path, fs, versionLocations });
  });
});

describe("the application's build", () => {
  const check = () => checkBuildConfiguration({ directory: path, fs });
  const base = '{ "compilerOptions": { "outDir": "./dist" /* , "rootDir": "." */, }, }';
  const nest = (json: object) => JSON.stringify({ compilerOptions: { builder: 'tsc' }, ...json });

  it.each([
    ['includes everything', { 'tsconfig.json': base }, ['node_modules', 'dist']],
    [
      'excludes other folders',
      {
        'tsconfig.json': base,
        'tsconfig.build.json': '{"extends":"./tsconfig.json","exclude":["test", "**/*spec.ts"]}',
      },
      ['test', '**/*spec.ts'],
    ],
    ['includes the folder by name', { 'tsconfig.json': '{ "include": ["src", "migrations"] }' }, ['node_modules']],
    [
      'includes by pattern',
      { 'tsconfig.json': '{ "include": ["./**/*.ts"], "exclude": ["**/*.spec.ts"] } // end' },
      ['**/*.spec.ts'],
    ],
    [
      'inherits what it excludes',
      { 'tsconfig.build.json': '{ "extends": "./base/base" }', 'base/base.json': '{ "exclude": ["../tmp"] }' },
      ['tmp'],
    ],
    [
      'inherits from a package, and beside its own folder',
      {
        'tsconfig.json': '{ "extends": "@tsconfig/ours/tsconfig.json" }',
        'node_modules/@tsconfig/ours/tsconfig.json': '{ "exclude": ["${configDir}/tmp"] }',
      },
      ['tmp'],
    ],
    [
      'is a project of a Nest monorepo',
      {
        'nest-cli.json': nest({ projects: { shop: { compilerOptions: { tsConfigPath: 'apps/shop/build.json' } } } }),
        'apps/shop/build.json': '{ "include": ["../../**/*"], "exclude": ["test"] }',
      },
      ['test', '../../migrations'],
    ],
  ])('is moved if it %s: the line to write', async (_name, files: Record<string, string>, before) => {
    folder.write(files);
    const [finding, ...more] = await check();
    expect(more).toEqual([]);
    expect(finding?.problem).toMatch(/json includes .*migrations: with the first revision.*dist\/src/);
    const exclude = before.some((pattern) => pattern.endsWith('migrations')) ? before : [...before, 'migrations'];
    expect(finding?.cure).toBe(`Write into it: "exclude": [${exclude.map((each) => `"${each}"`).join(', ')}]`);
  });

  it('fails on what is outside of its rootDir, and restarts for what is inside', async () => {
    folder.write({ 'tsconfig.json': '{ "compilerOptions": { "rootDir": "./src" } }' });
    expect(await check()).toMatchObject([{ problem: expect.stringContaining('the build fails') }]);
    folder.write({
      'tsconfig.json': '{ "extends": "./base" }',
      'base.json': '{ "compilerOptions": { "rootDir": "." } }',
    });
    expect(await check()).toMatchObject([{ problem: expect.stringContaining('--watch restarts') }]);
  });

  it.each([
    ['there is no configuration', {}],
    ['the folder is excluded', { 'tsconfig.build.json': '{ "exclude": ["node_modules", "migrations", "dist"] }' }],
    ['the folder is excluded by pattern', { 'tsconfig.json': '{ "exclude": ["./migrations/**/*"] }' }],
    ['only src is included', { 'tsconfig.json': '{ "include": ["src/**/*"] }' }],
    ['only files are listed', { 'tsconfig.json': '{ "files": ["src/main.ts"] }' }],
    ['it cannot be read', { 'tsconfig.json': '{ nonsense' }],
    ['webpack builds', { 'tsconfig.json': base, 'nest-cli.json': nest({ compilerOptions: { webpack: true } }) }],
    ['swc builds', { 'tsconfig.json': base, 'nest-cli.json': nest({ compilerOptions: { builder: { type: 'swc' } } }) }],
    [
      'no project of a Nest monorepo reaches it',
      {
        'tsconfig.json': base,
        'nest-cli.json': nest({ projects: { shop: { compilerOptions: { tsConfigPath: 'apps/shop/build.json' } } } }),
        'apps/shop/build.json': '{ "include": ["src/**/*"] }',
      },
    ],
  ])('is left alone where %s', async (_name, files: Record<string, string>) => {
    folder.write(files);
    expect(await check()).toEqual([]);
  });
});

describe("MikroORM's own migrations", () => {
  const check = (migrations: { path?: string; pathTs?: string } = {}) =>
    checkMikroOrmMigrations({ base: folder.path, directory: path, fs, migrations });

  it('are found where the script directory would be theirs', async () => {
    expect(await check({ path: './migrations' })).toMatchObject([{ problem: expect.stringContaining(path) }]);
    expect(await check({ path: 'dist/migrations', pathTs: 'migrations/versions/' })).toHaveLength(1);
    expect(await check({ path: 'dist/migrations', pathTs: 'src/migrations' })).toEqual([]);
  });

  it('are found where the new folder would move them, with the line that keeps them', async () => {
    folder.write({ 'src/migrations/Migration20260101000000.ts': '' });
    expect(await check()).toMatchObject([
      { cure: expect.stringContaining("path: 'src/migrations', pathTs: 'src/migr") },
    ]);
    folder.write({ 'dist/main.js': '' });
    expect(await check()).toMatchObject([
      { cure: expect.stringContaining("path: 'dist/migrations', pathTs: 'src/migr") },
    ]);
    path = join(folder.path, 'database');
    expect(await check()).toEqual([]);
  });

  it('are not guessed at in an application that has none', async () => {
    folder.write({ 'src/migrations/README.md': '', 'dist/migrations/versions.js': '' });
    expect(await check()).toEqual([]);
  });

  it('are never told to be removed', async () => {
    folder.write({ 'migrations/Migration20260101000000_first.ts': '' });
    const refused = initDirectory({ path, base: folder.path, fs, mikroOrmMigrations: {} });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', option: 'directory' });
    await expect(refused).rejects.toThrow(/MikroORM's own migrations are.*Set 'directory' .* to another name/);
  });
});

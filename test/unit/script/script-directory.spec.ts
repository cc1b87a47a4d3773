import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationError } from '../../../libs/nest-migrate/src/errors/migration.error.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { fixtureFunction, moduleFunction } from '../../../libs/nest-migrate/src/script/revision-module.js';
import { ScriptDirectory } from '../../../libs/nest-migrate/src/script/script-directory.js';
import { revisionText, TemporaryFolder } from './temporary-folder.js';

const folders: TemporaryFolder[] = [];
let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  folders.push(folder);
});
afterAll(() => folders.forEach((each) => each.remove()));

async function failure(work: Promise<unknown>): Promise<MigrationError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MigrationError)) throw new Error(`expected a MigrationError, got ${String(error)}`);
  expect(error.message).not.toContain('\n');
  return error;
}

const open = (path: string, versionLocations?: readonly string[]): Promise<ScriptDirectory> =>
  ScriptDirectory.open({ path, base: folder.path, fs: nodeFileSystem, versionLocations });

describe('opening a script directory', () => {
  it('that is missing, a file, or not initialised, names the path, the base and the cure', async () => {
    folder.write({ 'a file': '', 'empty/versions of another': '' });
    for (const name of ['nowhere', 'a file', 'empty']) {
      const path = join(folder.path, name);
      const error = await failure(open(path));
      expect(error).toMatchObject({ code: 'SCRIPT_DIRECTORY_MISSING', path, base: folder.path });
      expect(error.message).toContain(path);
      expect(error.message).toContain(`resolved against ${folder.path})`);
      expect(error.message).toMatch(/db init.*directory/);
    }
  });

  it('adds the further version locations behind its own, each folder once', async () => {
    const { path } = await folder.directory();
    folder.write({ 'more/.gitkeep': '' });
    const more = join(folder.path, 'more');
    symlinkSync(more, join(folder.path, 'same'));
    const directory = await open(path, [more, join(path, 'versions'), join(folder.path, 'same')]);
    expect(directory.versionLocations).toEqual([join(path, 'versions'), more]);
  });

  it('with a version location that is not there, fails naming it', async () => {
    const { path } = await folder.directory();
    const error = await failure(open(path, [join(folder.path, 'gone')]));
    expect(error).toMatchObject({ code: 'SCRIPT_DIRECTORY_MISSING', path: join(folder.path, 'gone') });
    expect(error.message).toContain("'versionLocations'");
  });

  it('with a version location that is about to get its first revision, needs it not yet', async () => {
    const { path } = await folder.directory();
    const [shop, sales] = [join(folder.path, 'shop'), join(folder.path, 'sales')];
    const options = { path, base: folder.path, fs: nodeFileSystem, versionLocations: [shop] };
    for (const versionPath of [shop, join(shop, 'sub')]) {
      const directory = await ScriptDirectory.open({ ...options, versionPath });
      expect(directory.versionLocations).toEqual([join(path, 'versions'), shop]);
      expect(await directory.read()).toEqual([]);
    }
    await failure(ScriptDirectory.open({ ...options, versionPath: sales }));
  });
});

describe('reading the revisions', () => {
  it('answers them location by location, by code points of the file name, as lists and defaults', async () => {
    const { path } = await folder.directory({
      'b.ts': revisionText('r1', null, "export const message = 'one';\nexport const createDate = '2026-01-01';"),
      'a.ts': revisionText('r2', 'r1', "export const branchLabels = 'x';\nexport const dependsOn = ['r1'];"),
      'Z.ts': revisionText('r3', '', "export const services = ['mailer'];"),
      '\u{1f600}.ts': revisionText('r4', null),
      '\uff5e.ts': revisionText('r5', null),
    });
    const [more] = folder.write({ 'more/0.mts': revisionText('r6', null) });
    const directory = await open(path, [join(folder.path, 'more')]);
    const scripts = await directory.read();
    expect(scripts.map(({ id }) => id)).toEqual(['r3', 'r2', 'r1', 'r5', 'r4', 'r6']);
    expect(scripts.slice(0, 3)).toEqual([
      { ...empty, id: 'r3', services: ['mailer'], path: join(path, 'versions/Z.ts') },
      {
        ...empty,
        id: 'r2',
        downRevision: ['r1'],
        branchLabels: ['x'],
        dependsOn: ['r1'],
        path: join(path, 'versions/a.ts'),
      },
      { ...empty, id: 'r1', message: 'one', createDate: '2026-01-01', path: join(path, 'versions/b.ts') },
    ]);
    expect(scripts[5]?.path).toBe(more);
  });

  const empty = {
    downRevision: [],
    dependsOn: [],
    branchLabels: [],
    message: '',
    createDate: null,
    services: [],
    replaces: [],
    irreversible: null,
    elidable: false,
    accept: [],
    source: { kind: 'ts', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  };

  it('takes every kind of script and leaves everything else alone', async () => {
    const directory = await folder.directory({
      'a.ts': revisionText('a', null),
      'b.mts': revisionText('b', null),
      'c.cts': "export const revision = 'c'; export const downRevision = null;",
      'd.js': "export const revision = 'd'; export const downRevision = null;",
      'e.mjs': "export const revision = 'e'; export const downRevision = null;",
      'f.cjs': "exports.revision = 'f'; exports.downRevision = 'e';",
      'a.d.ts': 'no',
      'a.d.mts': 'no',
      'a.js.map': 'no',
      'a.spec.ts': 'no',
      'a.test.mjs': 'no',
      '.hidden.ts': 'no',
      'README.md': 'no',
      'a.ts.orig': 'no',
      'node_modules/nested.ts': 'no',
      '.hidden/nested.ts': 'no',
    });
    expect((await directory.read()).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('opens no pipe, which would wait for ever, nor what a link calls a script', async () => {
    const directory = await folder.directory({ 'a.ts': revisionText('a', null) });
    const pipe = join(directory.path, 'versions', 'pipe.ts');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(directory.path, 'versions', 'link.ts'));
    expect((await directory.read()).map(({ id }) => id)).toEqual(['a']);
  });

  it('searches sub-folders, after the files, and no folder twice', async () => {
    const revision = (id: string): string => revisionText(id, null);
    const { path } = await folder.directory({
      ...{ 'z.ts': revision('1'), 'a/z.ts': revision('2'), 'a/b/a.ts': revision('3'), 'folder.ts/a.ts': revision('4') },
      'inner/a.ts': revision('5'),
      'inner/deep/a.ts': revision('6'),
    });
    folder.write({ 'more/a.ts': revision('7') });
    const versions = join(path, 'versions');
    symlinkSync(versions, join(versions, 'a', 'again'));
    symlinkSync(join(folder.path, 'more'), join(versions, 'linked'));
    symlinkSync(join(folder.path, 'more'), join(folder.path, 'linked'));
    const ids = async (...locations: string[]): Promise<string> =>
      (await (await open(path, locations)).read()).map(({ id }) => id).join('');
    expect(await ids()).toBe('1234567');
    expect(await ids(join(versions, 'inner'))).toBe('1234756');
    expect(await ids(join(versions, 'inner', 'deep'), join(versions, 'inner'))).toBe('1234765');
    expect(await ids(join(folder.path, 'linked'), join(folder.path, 'more'), path)).toBe('1234567');
  });

  it('takes x.ts beside x.js for one revision, the one that can be run', async () => {
    const files = { 'x.ts': revisionText('a', null), 'x.js': 'exports.nothing = 1', 'y.mjs': revisionText('b', 'a') };
    const [source] = await (await folder.directory(files)).read();
    expect(source?.path).toMatch(/x\.ts$/);
    folder.write({ 'migrations/versions/x.js': "export const revision = 'a';\nexport const downRevision = null;" });
    const [compiled, other] = await (await folder.directory({}, { runsTypeScript: false })).read();
    expect(compiled?.path).toMatch(/x\.js$/);
    expect(other?.id).toBe('b');
  });

  it('runs no file: one that throws is listed like any other', async () => {
    const directory = await folder.directory({
      'a.ts': revisionText('a', null, "throw new Error('this file was run');"),
      'b.ts': "import './nowhere.ts';\n" + revisionText('b', 'a') + 'const = ;',
    });
    expect((await directory.read()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('runs a file whose constants are computed, and only that', async () => {
    const directory = await folder.directory({
      'a.ts': "const n = 1 + 1;\nexport const revision = `a${n}`;\nexport const downRevision = ['b'].concat('c');",
      'b.cjs': "module.exports = { revision: 'b', downRevision: null, message: 'all in one' };",
      'c.ts': "export default { revision: 'c', downRevision: 'b', branchLabels: null, services: ['s'] };",
    });
    expect(await directory.read()).toMatchObject([
      { id: 'a2', downRevision: ['b', 'c'] },
      { id: 'b', downRevision: [], message: 'all in one' },
      { id: 'c', downRevision: ['b'], services: ['s'] },
    ]);
  });

  const KINDS: Readonly<Record<string, (constants: string) => string>> = {
    'read from the text': (constants) => revisionText('a', null, constants),
    'found by running the file': (constants) => `${revisionText('a', null, constants)}\nexport const elidable = !!1;`,
  };

  it.each(Object.keys(KINDS))('gives what a revision says about itself one shape, %s', async (kind) => {
    const constants = [
      "export const irreversible = 'the old prices are gone';",
      "export const replaces = 'x';",
      "export const accept = [{ rule: 'drop-column', reason: 'unused' }];",
    ];
    const [script] = await (await folder.directory({ 'a.ts': KINDS[kind](constants.join('\n')) })).read();
    expect(script).toMatchObject({
      irreversible: 'the old prices are gone',
      replaces: ['x'],
      accept: [{ rule: 'drop-column', reason: 'unused' }],
      elidable: kind === 'found by running the file',
    });
  });

  it.each([
    ["export const irreversible = '  ';", "exports an 'irreversible' that is no reason"],
    ['export const irreversible = true;', "exports an 'irreversible' that is no reason"],
    ["export const elidable = 'yes';", "exports an 'elidable' that is neither true nor false"],
    ["export const accept = 'drop-column';", "exports an 'accept' that is not a list"],
    ["export const accept = ['drop-column'];", "exports an 'accept' with a finding without its rule"],
    ["export const accept = [{ rule: 'drop-column' }];", "exports an 'accept' of 'drop-column' without a reason"],
    ["export const accept = [{ rule: 'a', reason: ' ' }];", "exports an 'accept' of 'a' without a reason"],
    ["export const accept = [{ rule: 'a', reason: 'b', note: 'c' }];", "exports an 'accept' of 'a' with a 'note'"],
    ['export const replaces = [null];', "exports a 'replaces' that is neither a string, a list of strings nor null"],
  ])('refuses %s', async (constant, problem) => {
    for (const text of Object.values(KINDS).map((kind) => kind(constant))) {
      // a file may say it once only
      if (constant.includes('elidable') && text.includes('!!1')) continue;
      const error = await failure((await folder.directory({ 'a.ts': text })).read());
      expect(error).toMatchObject({ code: 'REVISION_FILE_INVALID', message: expect.stringContaining(problem) });
    }
  });

  it.each(["'rows'", "{ default: 'rows' }", 'null'])('refuses to load a fixture of %s', async (fixture) => {
    const directory = await folder.directory({ 'a.ts': revisionText('a', null, `export const fixture = ${fixture};`) });
    const [script] = await directory.read();
    const error = await failure(directory.load(script));
    expect(error.message).toContain("exports a 'fixture' that is neither a function nor a record of functions");
  });

  it.each([
    ["async (op) => op('all')", 'all', 'all'],
    ["{ orders: async (op) => op('orders') }", 'orders', undefined],
  ])('finds the fixture of a connection: %s', async (fixture, ofOrders, ofStock) => {
    const directory = await folder.directory({ 'a.ts': revisionText('a', null, `export const fixture = ${fixture};`) });
    const [script] = await directory.read();
    const module = await directory.load(script);
    const found = async (connection: string): Promise<unknown> => {
      let said: unknown;
      await fixtureFunction(module, connection)?.((text: unknown) => (said = text));
      return said;
    };
    expect([await found('orders'), await found('stock')]).toEqual([ofOrders, ofStock]);
  });

  it('refuses two files with one id and names both', async () => {
    const text = revisionText('same', null);
    const directory = await folder.directory({ '1.ts': text, '2.ts': text });
    const error = await failure(directory.read());
    const paths = ['1.ts', '2.ts'].map((name) => join(directory.path, 'versions', name));
    expect(error).toMatchObject({ code: 'DUPLICATE_REVISION', revision: 'same', paths });
    expect(error.message).toContain(paths.join(' and '));
  });

  it.each([
    ['no revision', "export const message = 'hello';", /exports no 'revision'/],
    ['nothing at all', '', /exports no 'revision'/],
    ['no downRevision', "export const revision = 'a';", /exports no 'downRevision'/],
    ['a misspelt downRevision', "export const revision = 'a'; export const downrevision = 'b';", /no 'downRevision'/],
    ['an empty revision', "export const revision = ''; export const downRevision = null;", /'revision' that is not/],
    ['a number', 'export const revision = 12; export const downRevision = null;', /'revision' that is not a string/],
    ['a strange parent', "export const revision = 'a'; export const downRevision = [1];", /'downRevision' that is nei/],
    [
      'a strange message',
      "export const revision = 'a'; export const downRevision = null; export const message = [];",
      /me/,
    ],
    [
      'a file that throws',
      "const n = 'a' + 1; export const revision = n; throw new Error('no, \\n never');",
      /no,$|no,\./,
    ],
  ])('names the file with %s', async (_name, text, problem) => {
    const directory = await folder.directory({ 'file.ts': text });
    const error = await failure(directory.read());
    expect(error.code).toBe('REVISION_FILE_INVALID');
    expect(error.message).toContain(join(directory.path, 'versions', 'file.ts'));
    expect(error.message).toMatch(problem);
  });

  it('names file and line of a syntax error, where the constants need the file to be run', async () => {
    const directory = await folder.directory({ 'file.ts': "export const revision = 'a' + 1;\nconst = 2;\n" });
    const error = await failure(directory.read());
    expect(error).toMatchObject({ code: 'REVISION_FILE_SYNTAX', line: 2 });
    expect(error.message).toContain('file.ts has a syntax error in line 2: Unexpected token');
    expect(error.cause).toBeDefined();
  });

  it('names a file that cannot be read', async () => {
    const directory = await folder.directory();
    symlinkSync('nowhere', join(directory.path, 'versions', 'dangling.ts'));
    expect(await failure(directory.read())).toMatchObject({ code: 'REVISION_FILE_INVALID' });
  });
});

describe('loading a revision', () => {
  const load = async (text: string, name = 'file.ts') => {
    const directory = await folder.directory({ [name]: text });
    const [script] = await directory.read();
    if (script === undefined) throw new Error('nothing was read');
    return directory.load(script);
  };
  const constants = "export const revision = 'a'; export const downRevision = null;";

  it('answers its functions', async () => {
    const module = await load(`${constants}\nexport async function upgrade(op: string) { return 'up ' + op; }`);
    expect(module.revision).toBe('a');
    expect(await moduleFunction(module, 'upgrade', 'default')('op')).toBe('up op');
  });

  it('says which function is missing only when it is asked for', async () => {
    const module = await load(`${constants}\nexport const downgrade = 'none';`);
    for (const direction of ['upgrade', 'downgrade'] as const) {
      const error = await failure(Promise.resolve().then(() => moduleFunction(module, direction, 'default')));
      expect(error).toMatchObject({ code: 'REVISION_FUNCTION_MISSING', revision: 'a', direction, connection: null });
      expect(error.message).toContain('file.ts');
    }
  });

  it('finds the functions of several databases by connection name', async () => {
    const module = await load(`${constants}\nexport const upgrade = { users: () => 'users', toString: 1 };`);
    expect(moduleFunction(module, 'upgrade', 'users')('op')).toBe('users');
    const error = await failure(Promise.resolve().then(() => moduleFunction(module, 'upgrade', 'toString')));
    expect(error).toMatchObject({ code: 'REVISION_FUNCTION_MISSING', connection: 'toString' });
  });

  it('has nothing to do for a connection that it does not name at all', async () => {
    const both = 'export const upgrade = { users: () => 1 }; export const downgrade = { users: () => 2 };';
    const module = await load(`${constants}\n${both}`);
    for (const connection of ['billing', 'constructor', '__proto__']) {
      expect(moduleFunction(module, 'upgrade', connection, ['users', connection])('op')).toBeUndefined();
      expect(moduleFunction(module, 'downgrade', connection, ['users', connection])('op')).toBeUndefined();
    }
    // one that the application no longer has
    expect(moduleFunction(module, 'upgrade', 'billing', ['billing'])('op')).toBeUndefined();
  });

  it('refuses a name that looks like a connection, and a way there without a way back', async () => {
    const mistyped = await load(`${constants}\nexport const upgrade = { users: () => 1, bilings: () => 2 };`);
    const error = await failure(
      Promise.resolve().then(() => moduleFunction(mistyped, 'upgrade', 'billing', ['users', 'billing'])),
    );
    expect(error).toMatchObject({ code: 'REVISION_FUNCTION_MISSING', connection: 'billing' });
    expect(error.message).toContain("It has one for 'bilings', which is no connection of this application");
  });

  it('refuses a way there without a way back', async () => {
    const oneWay = await load(`${constants}\nexport const upgrade = { users: () => 1 }; export const downgrade = {};`);
    for (const direction of ['upgrade', 'downgrade'] as const) {
      const missing = await failure(Promise.resolve().then(() => moduleFunction(oneWay, direction, 'users')));
      expect(missing).toMatchObject({ code: 'REVISION_FUNCTION_MISSING', direction: 'downgrade' });
    }
  });

  it("accepts what swc's CommonJS looks like", async () => {
    const text = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
function _export(target, all) { for (var name in all) Object.defineProperty(target, name, { enumerable: true, get: all[name] }); }
_export(exports, { revision: () => revision, downRevision: () => downRevision, upgrade: () => upgrade });
const revision = 'a'; const downRevision = null; async function upgrade() { return 'up'; }`;
    const module = await load(text, 'file.cjs');
    expect(await moduleFunction(module, 'upgrade', 'default')('op')).toBe('up');
  });

  it('names file and line of a syntax error behind a header that reads well', async () => {
    const error = await failure(load(`${constants}\nexport function upgrade() {\n  const = 2;\n}`));
    expect(error).toMatchObject({ code: 'REVISION_FILE_SYNTAX', line: 3 });
  });

  it('names a file that throws, with the reason and the line', async () => {
    const error = await failure(load(`${constants}\nthrow new Error('first line\\nsecond line');`));
    expect(error).toMatchObject({ code: 'REVISION_FILE_INVALID' });
    expect(error.message).toMatch(/file\.ts does not load( \(line \d+\))?: first line\.$/);
  });

  it('refuses a module with another id than its text had', async () => {
    const directory = await folder.directory({ 'file.ts': revisionText('a', null) });
    const [script] = await directory.read();
    folder.write({ 'migrations/versions/file.ts': revisionText('b', null) });
    if (script === undefined) throw new Error('nothing was read');
    const error = await failure(directory.load(script));
    expect(error.message).toMatch(/was read as revision 'a' but loads as 'b'/);
  });
});

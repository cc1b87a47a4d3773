import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { resolveOptions } from '../../../libs/nest-migrate/src/commands/resolve-options.js';
import { nodeFileSystem as fs } from '../../../libs/nest-migrate/src/script/file-system.js';
import {
  runPostWriteHooks,
  type PostWriteHook,
  type PostWriteHookRun,
} from '../../../libs/nest-migrate/src/script/post-write-hooks.js';
import { writeRevisionFile } from '../../../libs/nest-migrate/src/script/revision-writer.js';
import { TemporaryFolder } from './temporary-folder.js';

const folders: TemporaryFolder[] = [];
let folder: TemporaryFolder;
let lines: string[];
beforeEach(() => {
  folder = new TemporaryFolder();
  folders.push(folder);
  lines = [];
});
afterAll(() => folders.forEach((each) => each.remove()));

/** Writes a revision with these hooks, in an application that this repository's packages are installed for. */
async function write(
  hooks: readonly PostWriteHook[],
  options: Partial<PostWriteHookRun> & { readonly message?: string } = {},
): Promise<string> {
  const directory = await folder.directory();
  const content = { revision: 'r', downRevision: [], dependsOn: [], branchLabels: [], message: options.message ?? '' };
  const { path, restore } = await writeRevisionFile({
    ...{ ...content, upgrade: "await op.execute( 'select 1' )", downgrade: '', directory, fs, now: new Date() },
  });
  await runPostWriteHooks(path, {
    ...{ hooks, base: resolve('.'), directory: directory.path, node: process.execPath, fs, restore },
    onStart: (hook) => lines.push(`> ${hook}`),
    onOutput: (_hook, line) => lines.push(line),
    ...options,
  });
  return path;
}

/** Node running a script, with `file` for the revision. */
const script = (text: string, name = 'script'): PostWriteHook => ({
  ...{ kind: 'exec', name, command: process.execPath },
  args: ['-e', `const fs = require('node:fs'), file = process.argv.at(-1); ${text}`],
});

async function failure(work: Promise<unknown>): Promise<Error & { readonly path: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'POST_WRITE_HOOK_FAILED' });
  expect((error as Error).message).not.toContain('\n');
  return error as Error & { readonly path: string };
}

describe('a post-write hook', () => {
  it("formats with the application's own prettier, and fixes with its eslint", async () => {
    folder.write({
      'eslint.config.mjs': "export default [{ rules: { 'capitalized-comments': 'error', 'no-void': 'warn' } }];",
      'migrations/revision.mjs.template':
        '${constants}\nexport async function upgrade(op){\n${upgrade}\n}\nexport const downgrade=async(op)=>{\n${downgrade}\n}\n',
    });
    const cwd = folder.path;
    const path = await write([
      { kind: 'bin', bin: 'eslint', args: ['--fix', 'REVISION_SCRIPT_FILENAME', '--no-warn-ignored'], cwd },
      { kind: 'bin', bin: 'prettier', args: ['--write', '--no-semi'] },
    ]);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('export async function upgrade(op) {\n  await op.execute("select 1")\n}\n');
    expect(text).toContain('  void op // Nothing to do\n');
    expect(lines[0]).toBe('> eslint');
    expect(lines.join('\n')).toMatch(/warning .*no-void[\s\S]*> prettier\n.*r_\.mjs \d+ms$/);
  });

  it('gets its arguments as they are, and the file where it is asked for or last', async () => {
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const args = ['-e', print, '$HOME', '; exit 1', '*', '"', ''];
    const exec = { kind: 'exec', command: process.execPath } as const;
    const path = await write(
      [
        { ...exec, args },
        { ...exec, args: ['-e', print, '--', '--file=REVISION_SCRIPT_FILENAME', 'x'] },
      ],
      { message: "$(touch x) `id` & 'é'" },
    );
    expect(lines.filter((line) => line.startsWith('['))).toEqual([
      JSON.stringify(['$HOME', '; exit 1', '*', '"', '', path]),
      JSON.stringify([`--file=${path}`, 'x']),
    ]);
  });

  it('that fails is told in one line with what it said; the revision stays, later hooks do not run', async () => {
    const before = readFileSync(await write([]), 'utf8');
    folder = new TemporaryFolder();
    folders.push(folder);
    const error = await failure(write([script("console.error('no such rule.'); process.exit(7)", 'lint'), script('')]));
    expect(error.message).toBe(
      `The post-write hook 'lint' failed with exit code 7: no such rule; the revision is valid and stays: ${error.path}. ` +
        "Correct the file by hand, or the hook in 'postWriteHooks'.",
    );
    expect(lines).toEqual(['> lint']);
    expect(readFileSync(error.path, 'utf8').replace(/20\d\d-[^' \n]*/g, '')).toBe(
      before.replace(/20\d\d-[^' \n]*/g, ''),
    );
  });

  it('that says more than a line has it told as well, and one that a signal ended says which', async () => {
    const error = await failure(write([script("console.log('a\\nb'); console.error('c'); process.kill(process.pid)")]));
    expect(lines).toEqual(['> script', 'a', 'b', 'c']);
    expect(error.message).toContain("'script' was ended by SIGTERM: c;");
  });

  it.each<[string, PostWriteHook, RegExp]>([
    [
      'a package that is not installed',
      { kind: 'bin', bin: 'not-there' },
      /the package not-there is not installed.* npm install --save-dev not-there/,
    ],
    [
      'a bin that the package has not',
      { kind: 'bin', package: 'typescript', bin: 'typescript' },
      /typescript has no bin 'typescript'.*It has tsc, tsserver\./,
    ],
    ['a package without bins', { kind: 'bin', bin: 'reflect-metadata' }, /has no bin.*It has none\./],
    [
      'a program that is not there',
      { kind: 'exec', command: './not-there' },
      /there is no program '.\/not-there'.*Install it/,
    ],
    ['a program that is none', { kind: 'exec', command: resolve('package.json') }, /can't be started \(EACCES\)/],
    ['a folder that is not there', { kind: 'exec', command: 'node', cwd: 'gone' }, /has no folder to run in: .*gone/],
  ])('that is %s is told, and the revision stays', async (_name, hook, problem) => {
    const error = await failure(write([hook]));
    expect(error.message).toMatch(problem);
    expect(existsSync(error.path)).toBe(true);
  });

  it.each([
    ['breaks it', "fs.appendFileSync(file, '}')", /left a file that has a syntax error/],
    [
      'changes what it says',
      "fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/'r'/, \"'s'\"))",
      /left a file that says \{"id":"s"/,
    ],
    [
      'takes a function out',
      "fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('downgrade', 'down'))",
      /exports no 'downgrade'/,
    ],
    ['removes it', 'fs.unlinkSync(file)', /left a file that is gone/],
    ['breaks it and fails', "fs.writeFileSync(file, ''); process.exit(1)", /exports no 'revision'/],
  ])('that %s is told, and the revision is put back', async (_name, text, problem) => {
    const error = await failure(write([script(text)]));
    expect(error.message).toMatch(problem);
    expect(error.message).toContain('the revision is valid again, as it was written: ');
    expect(readFileSync(error.path, 'utf8')).toContain("export const revision = 'r';");
    const directory = await folder.directory();
    expect((await directory.read()).map(({ path }) => basename(path))).toEqual(['r_.ts']);
  });

  it('is found from the script directory where the application has it not', async () => {
    folder.write({
      'migrations/node_modules/@my/tool/package.json': '{ "bin": "./run.cjs" }',
      'migrations/node_modules/@my/tool/run.cjs': "console.log('ran')",
    });
    await write([{ kind: 'bin', package: '@my/tool', bin: 'tool' }], {
      base: join(folder.path, 'migrations', 'versions'),
    });
    expect(lines).toEqual(['> tool', 'ran']);
  });

  it('ends with the command', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const onStart = (): void => void setTimeout(() => controller.abort(reason), 50);
    const endless = script('setInterval(() => undefined, 1000)');
    await expect(write([endless], { signal: controller.signal, onStart })).rejects.toBe(reason);
  });
});

describe('the option', () => {
  const resolveHooks = (hooks: unknown) => () =>
    resolveOptions({ postWriteHooks: hooks as PostWriteHook[] }, '/app', {});

  it('takes hooks of both kinds', () => {
    const hooks = [
      { kind: 'bin', bin: 'a', package: '@b/c', args: ['x'], cwd: '..', name: 'n' },
      { kind: 'exec', command: 'git' },
    ];
    expect(resolveHooks(hooks)().postWriteHooks).toEqual(hooks);
  });

  it.each([
    ['eslint', /'postWriteHooks' of MigrationModule is no list/],
    [['eslint'], /'postWriteHooks\[0\]' of MigrationModule is of no kind/],
    [[{ kind: 'exec', command: 'x' }, { kind: 'console_scripts' }], /'postWriteHooks\[1\]' .*kind: 'bin'/],
    [[{ kind: 'bin' }], /'postWriteHooks\[0\]\.bin' .*is no text/],
    [[{ kind: 'bin', command: 'x' }], /can't have 'command'. It has kind, bin, package/],
    [[{ kind: 'exec', command: 'x', args: '--fix' }], /'postWriteHooks\[0\]\.args' .*is no list of texts/],
    [[null], /is of no kind/],
  ])('that is %j is refused by name', (hooks, problem) => {
    expect(resolveHooks(hooks)).toThrow(problem);
    expect(resolveHooks(hooks)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

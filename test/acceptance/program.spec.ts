import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProcess, type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

const library = resolve('dist', 'libs', 'nest-migrate', 'src');

const revision = (id: string, down: string): string => `export const revision = '${id}';
export const downRevision = ${down};
export async function upgrade() {}
`;

/** A main file that tells how it was started. */
const main = `process.stdin.setEncoding('utf8');
let typed = '';
for await (const text of process.stdin) typed += text;
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), typed }));
console.error('from the application');
process.exit(3);
`;

let project: TemporaryFolder;
beforeAll(async () => {
  project = await temporaryFolder('program', {
    files: {
      'package.json': '{ "name": "shop", "type": "module" }',
      'dist/main.js': main,
      'migrations/versions/a1.ts': revision('a1', 'null'),
      'migrations/versions/b1.ts': revision('b1', "'a1'"),
      'migrations/versions/b2.ts': revision('b2', "'a1'"),
    },
  });
});
afterAll(() => project.remove());

function run(args: readonly string[], input?: string): Promise<ProcessResult> {
  // of the npm around nothing may reach the program
  const env = { NODE_OPTIONS: undefined, NO_COLOR: '1', npm_lifecycle_event: undefined };
  return runProcess(process.execPath, args, { cwd: project.path, env, input });
}

describe('the program nest-migrate as a process', () => {
  const program = join(library, 'cli', 'nest-migrate.js');

  it('loads neither Nest, MikroORM nor nest-commander for a command that the files are enough for', async () => {
    const lines = [
      'heads',
      'heads --check',
      'history',
      'history --graph',
      'branches',
      'show b1',
      'graph',
      'merge heads',
    ];
    const { code, stdout, stderr } = await run([
      resolve('test/loading/program-modules.mjs'),
      library,
      ...lines,
      'upgrade --help',
      '--help',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const { codes, loaded } = JSON.parse(stdout) as { codes: Record<string, unknown>; loaded: string[] };
    expect(codes).toEqual({
      ...Object.fromEntries([...lines, 'upgrade --help', '--help'].map((line) => [line, 0])),
      'heads --check': 3,
    });
    const names = loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    expect([...new Set(names)]).toEqual(['commander']);
  });

  it('prints the result to stdout and ends with the exit code', async () => {
    expect(await run([program, 'heads', '-d', 'nowhere'])).toMatchObject({ code: 1, stdout: '' });
    expect(await run([program, 'history', '-r', 'a1:a1'])).toMatchObject({
      code: 0,
      stdout: '<base> -> a1 (branchpoint)\n',
    });
  });

  it('starts the built main for every other command, in the same terminal, and ends as it ends', async () => {
    const { code, stdout, stderr } = await run([program, 'downgrade', '-1', '--sql'], 'typed');
    expect([code, stderr]).toEqual([3, 'from the application\n']);
    expect(JSON.parse(stdout)).toMatchObject({ args: ['db', 'downgrade', '-1', '--sql'], typed: 'typed' });
  });
});

import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createDatabase } from '../support/databases.ts';
import { runProcess } from '../support/processes.ts';
import { temporaryFolder } from '../support/projects.ts';

const root = resolve('.');

/** The last stage of the guide's Dockerfile, carried out on this machine: what it copies, and what it starts. */
async function lastStage(app: string): Promise<string[]> {
  const guide = await readFile(join(root, 'docs', 'guide', 'docker.md'), 'utf8');
  const dockerfile = /```dockerfile\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  const stage = dockerfile.slice(dockerfile.lastIndexOf('FROM ')).split('\n');
  let command: string[] = [];
  for (const line of stage) {
    const [instruction, ...words] = line.split(' ');
    if (instruction === 'COPY') {
      const paths = words.filter((word) => !word.startsWith('--')).map((word) => word.replace(/^\/app\//, ''));
      const target = paths.pop() ?? '';
      for (const path of paths) {
        const to = target.endsWith('/') ? join(app, target, path) : join(app, target);
        await cp(join(root, path), to, { recursive: true });
      }
    } else if (line === 'RUN npm ci --omit=dev') {
      await symlink(join(root, 'node_modules'), join(app, 'node_modules'));
    } else if (instruction === 'CMD') command = JSON.parse(words.join(' ')) as string[];
  }
  return command;
}

describe("the guide's image", () => {
  it('holds all that commands need', async () => {
    const image = await temporaryFolder('image');
    const database = await createDatabase('pglite');
    const app = join(image.path, 'app');
    await mkdir(app);
    const [program, ...args] = await lastStage(app);
    expect(program).toBe('node');
    const env = { HOME: undefined, NODE_ENV: 'production', DATABASE_FOLDER: database.name, NO_COLOR: '1' };
    const db = (...argv: string[]) => runProcess(process.execPath, [...args, 'db', ...argv], { cwd: app, env });
    expect(await db('heads')).toMatchObject({ code: 0, stdout: 'f48387eb4bf2 (head)\n' });
    expect(await db('upgrade')).toMatchObject({ code: 0, stdout: '' });
    expect(await db('current')).toMatchObject({ code: 0, stdout: 'f48387eb4bf2 (head)\n' });
    await database.drop();
    await image.remove();
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, link, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.js';
import { db } from './fake-session.js';

describe('--output', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('output-file');
  });
  afterAll(() => folder.remove());
  const file = (name: string): string => join(folder.path, name);

  it('writes what would have gone to stdout to a file, and nothing to stdout', async () => {
    const { stdout } = await db(['current', '--json']);
    const path = file('current.json');
    expect(await db(['current', '--json', '--output', path])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    // before the command as well, and in place of what is there
    expect(await db(['--output', path, 'heads', '--json'])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe('[]\n');
  });

  it('puts the whole file in the place of the old one, which a reader that has it open keeps', async () => {
    const folderOfIt = file('whole');
    await mkdir(folderOfIt);
    const path = join(folderOfIt, 'target.json');
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await link(path, file('opened-before'));
    await symlink(path, file('link.json'));
    expect(await db(['heads', '--json', '--output', file('link.json')])).toMatchObject({ code: 0 });
    expect([readFileSync(path, 'utf8'), readFileSync(file('opened-before'), 'utf8')]).toEqual(['[]\n', 'old']);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(readdirSync(folderOfIt)).toEqual(['target.json']);
  });

  it('lays the result out as for a pipe, on a terminal too', async () => {
    const path = file('plain.txt');
    await db(['history', '--output', path], { streams: { isTTY: true, columns: 40 } });
    expect(readFileSync(path, 'utf8')).toBe((await db(['history'])).stdout);
  });

  it('is written where a check answers no', async () => {
    const answers = { current: () => ({ rows: [], revisions: [], atHead: false }) };
    const path = file('check.json');
    expect(await db(['current', '--check-heads', '--json', '--output', path], { answers })).toMatchObject({ code: 3 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ atHead: false });
  });

  it('leaves the file alone where the command fails', async () => {
    const path = file('failed.json');
    const answers = {
      upgrade: () => {
        throw new Error('no');
      },
    };
    expect(await db(['upgrade', '--json', '--output', path], { answers })).toMatchObject({ code: 1 });
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    [
      'in a folder that is not there',
      'nowhere/x.json',
      /^Error: There is no folder for --output: .*nowhere\. Create it/,
    ],
    ['that is a folder', '.', /^Error: --output is a folder: .* Name a file in it\.\n$/],
  ])('refuses a file %s before anything is done', async (_, name, message) => {
    const { code, stderr, calls } = await db(['upgrade', '--output', file(name)]);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(stderr).toMatch(message);
  });
});

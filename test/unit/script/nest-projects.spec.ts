import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeFileSystem as fs } from '../../../libs/nest-migrate/src/script/file-system.js';
import { checkNestProjects } from '../../../libs/nest-migrate/src/script/nest-projects.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

let folder: TemporaryFolder;
afterEach(() => folder.remove());

async function findings(
  files: Readonly<Record<string, string>>,
): Promise<readonly { problem: string; cure: string }[]> {
  folder = await temporaryFolder('projects', { files });
  return checkNestProjects({ directory: join(folder.path, 'apps', 'shop', 'migrations'), fs });
}

describe("a project that takes the commands' place", () => {
  it('is told, with what to do', async () => {
    expect(await findings({ 'nest-cli.json': '{ "projects": { "shop": {}, "db": {} } } // ours' })).toEqual([
      {
        problem: `${join(folder.path, 'nest-cli.json')} has a project called 'db', which nest start -- db … starts.`,
        cure: expect.stringContaining("runDbCommand(AppModule, { name: 'schema' })"),
      },
    ]);
  });

  it.each([
    ['other projects', '{ "projects": { "shop": {}, "db-tools": {} } }'],
    ['no projects', '{ "sourceRoot": "src" }'],
    ['what is no JSON', 'db'],
  ])('is not %s', async (_, text) => {
    expect(await findings({ 'nest-cli.json': text })).toEqual([]);
  });

  it('is looked for in the nearest nest-cli.json', async () => {
    const files = { 'nest-cli.json': '{ "projects": { "db": {} } }', 'apps/shop/nest-cli.json': '{}' };
    expect(await findings(files)).toEqual([]);
  });
});

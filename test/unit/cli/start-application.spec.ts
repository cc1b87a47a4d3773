/** The application that `nest-migrate` starts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startApplication } from '../../../libs/nest-migrate/src/cli/start-application.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

let folder: TemporaryFolder;
const before = process.env['NODE_COMPILE_CACHE'];
beforeEach(async () => {
  folder = await temporaryFolder('start');
});
afterEach(async () => {
  if (before === undefined) delete process.env['NODE_COMPILE_CACHE'];
  else process.env['NODE_COMPILE_CACHE'] = before;
  await folder.remove();
});

it.each([
  ['the one of this process', undefined, 'compiled'],
  ['the one that the environment names', 'named', 'named'],
])('takes compiled code from the same cache: %s', async (_, named, expected) => {
  const at = (name: string): string => join(folder.path, name);
  if (named === undefined) delete process.env['NODE_COMPILE_CACHE'];
  else process.env['NODE_COMPILE_CACHE'] = at(named);
  await writeFile(
    at('main.mjs'),
    `process.exit(process.env.NODE_COMPILE_CACHE === ${JSON.stringify(at(expected))} ? 7 : 8);\n`,
  );
  const call = { main: at('main.mjs'), nodeArguments: [], args: [], cwd: folder.path };
  expect(await startApplication(call, at('compiled/v24'))).toBe(7);
});

import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { findSnapshotFile, keepSnapshotFile } from '../../../libs/nest-migrate/src/rehearsal/snapshot-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('a kept snapshot removes the drafts that killed processes have left, and none that is being written', async () => {
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const draft of ['aaaa.snapshot.draft-left', 'bbbb.snapshot.draft-new']) {
    await mkdir(join(folder, draft));
    await writeFile(join(folder, draft, 'whole'), 'bytes');
  }
  await utimes(join(folder, 'aaaa.snapshot.draft-left'), hoursAgo, hoursAgo);
  const settings = { folder, count: 5, megabytes: 10, key: '' };
  await keepSnapshotFile('cccc', new Uint8Array([1, 2]), settings);
  expect((await readdir(folder)).sort()).toEqual(['bbbb.snapshot.draft-new', 'cccc.snapshot']);
  expect(await findSnapshotFile(['cccc'], settings)).toMatchObject({ at: 0 });
});

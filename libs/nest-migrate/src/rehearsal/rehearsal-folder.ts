import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { nodePrivateFolders } from '../script/file-system.js';

/** The folder of this user for what rehearsals need. Its path is the same for all processes. */
export async function rehearsalFolder(): Promise<string> {
  const folder = join(tmpdir(), `nest-migrate-rehearsal-${userInfo().uid}`);
  await nodePrivateFolders.make(folder);
  return folder;
}

/** PostgreSQL refuses to run as root: then an account without rights is taken. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { runProcess } from '../processes.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/** Undefined when this process is not root and servers simply run as the one who started the tests. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const found = accounts.find((fields) => fields[0] === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no user ${CANDIDATES.join(' or ')}: run the tests as another user, or set TEST_POSTGRES_URL.`,
  );
}

/** Whether everybody may walk to this folder: the home folder of root, for one, is closed. */
export function isOpenToAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

export async function giveTo(account: Account | undefined, folder: string): Promise<void> {
  if (!account) return;
  const { code, stderr } = await runProcess('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
  if (code !== 0) throw new Error(`Cannot give ${folder} to user ${account.uid}: ${stderr.trim()}`);
}

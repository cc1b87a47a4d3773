/** Before the first application: the tarball they all install, and the PostgreSQL server that most of them use. */
import { join, resolve } from 'node:path';
import { pgliteTemplate, SERVERS_VARIABLE } from '../support/databases.ts';
import { runProcess } from '../support/processes.ts';
import { removeAbandonedFolders } from '../support/projects.ts';
import { remember } from '../support/running-servers.ts';
import { type ServerCoordinates } from '../support/servers/server.ts';
import { startServers } from '../support/servers/start-servers.ts';
import { TARBALL_VARIABLE } from './adopted-application.ts';

const root = resolve(import.meta.dirname, '..', '..');

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function packLibrary(): Promise<string> {
  const script = join(root, 'scripts', 'pack-library.ts');
  const { code, stdout, stderr } = await runProcess(process.execPath, [script], { cwd: root });
  if (code !== 0) throw new Error(`The library could not be packed:\n${stderr}`);
  say(stderr.trimEnd());
  return stdout.trim();
}

export default async function setup(): Promise<void> {
  removeAbandonedFolders();
  process.env[TARBALL_VARIABLE] = await packLibrary();
  const [servers] = await Promise.all([startServers({ onProgress: say }, ['postgres']), pgliteTemplate()]);
  remember(servers);
  const coordinates = servers.map(({ engine, host, port, user, password, version, origin }): ServerCoordinates => ({
    ...{ engine, host, port, user, password, version, origin },
  }));
  process.env[SERVERS_VARIABLE] = JSON.stringify(coordinates);
}

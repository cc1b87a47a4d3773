/** Jest runs this before the first test that needs a server: a run of unit tests starts none. */
import { engineNames } from './engines.ts';
import { pgliteTemplate, SERVERS_VARIABLE } from './databases.ts';
import { removeAbandonedFolders } from './projects.ts';
import { remember } from './running-servers.ts';
import { startServers } from './servers/start-servers.ts';
import { type ServerCoordinates } from './servers/server.ts';
import { describeTurn, turns } from './turns.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export default async function setup(): Promise<void> {
  // the setup of another project of this run has started them
  if (process.env[SERVERS_VARIABLE] !== undefined) return;
  removeAbandonedFolders();
  const started = Date.now();
  const [servers] = await Promise.all([startServers({ onProgress: say }), pgliteTemplate()]);
  remember(servers);
  const coordinates = servers.map(({ engine, host, port, user, password, version, origin }): ServerCoordinates => ({
    ...{ engine, host, port, user, password, version, origin },
  }));
  process.env[SERVERS_VARIABLE] = JSON.stringify(coordinates);
  const names = servers.map(({ engine, version }) => `${engineNames[engine]} ${version}`);
  say(`${names.join(', ')} are up (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  // for all workers, also where a run goes on past midnight
  process.env['TURN'] = String(turns.turn);
  say(`Of the long products of cases this run takes ${describeTurn()}`);
}

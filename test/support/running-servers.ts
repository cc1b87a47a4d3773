/** What global setup started, for global teardown: jest may load the two with modules of their own, so not a module's state. */
import { type Server } from './servers/server.ts';

const KEY = Symbol.for('nest-migrate.test-servers');
const place = globalThis as { [KEY]?: readonly Server[] };

export function remember(servers: readonly Server[]): void {
  place[KEY] = servers;
}

export function forget(): readonly Server[] {
  const servers = place[KEY] ?? [];
  delete place[KEY];
  return servers;
}

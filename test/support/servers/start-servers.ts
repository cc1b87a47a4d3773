import { serverEngines, type ServerEngine } from '../engines.ts';
import { reasonOf } from '../reasons.ts';
import { startMariadb } from './mariadb.ts';
import { startMysql } from './mysql.ts';
import { startPostgres } from './postgres.ts';
import { type Server, type ServerOptions } from './server.ts';

export const starters = {
  postgres: startPostgres,
  mysql: startMysql,
  mariadb: startMariadb,
} as const satisfies Record<ServerEngine, (options?: ServerOptions) => Promise<Server>>;

export async function stopServers(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

/** All at the same time. When one cannot be had the others are stopped, and the error says all that is missing. */
export async function startServers(
  options: ServerOptions = {},
  wanted: readonly ServerEngine[] = serverEngines,
): Promise<readonly Server[]> {
  const results = await Promise.allSettled(wanted.map((engine) => starters[engine](options)));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failures.length === 0) return servers;
  await stopServers(servers);
  throw new Error(failures.map(reasonOf).join('\n'), { cause: failures[0] });
}

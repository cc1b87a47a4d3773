import { SERVERS_VARIABLE } from './databases.ts';
import { forget } from './running-servers.ts';
import { stopServers } from './servers/start-servers.ts';

export default async function teardown(): Promise<void> {
  delete process.env[SERVERS_VARIABLE];
  await stopServers(forget());
}

/** Jest runs this before the first acceptance test: the servers, and the applications in `dist/`. */
import { buildApplications } from './application.ts';
import startServers from './global-setup.ts';

export default async function setup(): Promise<void> {
  await startServers();
  await buildApplications();
}

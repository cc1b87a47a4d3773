/** Jest runs this before the first acceptance test: the servers, and the applications in `dist/`. */
import { buildApplication } from './application.ts';
import startServers from './global-setup.ts';

export default async function setup(): Promise<void> {
  await startServers();
  // one after the other: all write the library into dist/
  await buildApplication();
  await buildApplication('bookshop');
  await buildApplication('test-application');
}

/** Between clients and their server, as far away as a server in the same region is: what the server sends arrives later. */
import { connect, createServer } from 'node:net';

export interface Distance {
  readonly port: number;
  close(): Promise<void>;
}

/** @param delay In milliseconds, for each round trip. */
export async function startDistance(
  target: { readonly host: string; readonly port: number },
  delay: number,
): Promise<Distance> {
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ ...target, noDelay: true });
    client.pipe(server);
    server.on('data', (data) => setTimeout(() => client.write(data), delay));
    server.on('close', () => setTimeout(() => client.end(), delay));
    for (const socket of [client, server]) socket.on('error', () => [client, server].forEach((one) => one.destroy()));
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port on 127.0.0.1.');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
      }),
  };
}

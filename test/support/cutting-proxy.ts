/** Between a client and its server: counts what the client sends, and does something to both in the middle. */
import { connect, createServer, type Socket } from 'node:net';

export interface CutOptions {
  /** Which of the client's chunks it happens at, from 1; never without it. */
  readonly at?: number;
  /** `before`: the server never sees the chunk. `after`: it does, and nobody hears its answer. */
  readonly moment?: 'before' | 'after';
  /** What happens; all connections are cut unless told. */
  readonly then?: () => void;
}

export interface CuttingProxy {
  readonly port: number;
  /** How many chunks clients have sent so far. */
  readonly chunks: number;
  readonly isCut: boolean;
  close(): Promise<void>;
}

export async function startProxy(
  target: { readonly host: string; readonly port: number },
  { at, moment = 'before', then }: CutOptions = {},
): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let chunks = 0;
  let isCut = false;
  const cutAll = (): void => open.forEach((socket) => socket.destroy());
  const act = (): void => {
    isCut = true;
    (then ?? cutAll)();
  };
  const listener = createServer((client) => {
    const server = connect(target.port, target.host);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(socket.setNoDelay(true));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    server.on('data', (data) => client.write(data));
    client.on('data', (data) => {
      chunks += 1;
      if (chunks !== at) return void server.write(data);
      if (moment === 'before') act();
      else server.write(data, act);
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy got no port on 127.0.0.1.');
  return {
    port: address.port,
    get chunks() {
      return chunks;
    },
    get isCut() {
      return isCut;
    },
    close: async () => {
      cutAll();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}

/** Between clients and their server: keeps what the clients send, and may keep new clients waiting. */
import { connect, createServer, type Socket } from 'node:net';

export interface RecordingProxy {
  readonly port: number;
  /** All that clients have sent since it was asked last. */
  take(): string;
  /** Keeps clients that connect from now on waiting for the server. */
  holdNew(): void;
  /** How many wait. */
  readonly held: number;
  /** Leads those that wait to the server. */
  letGo(): void;
  close(): Promise<void>;
}

export async function startRecording(target: {
  readonly host: string;
  readonly port: number;
}): Promise<RecordingProxy> {
  const open = new Set<Socket>();
  let sent = new Map<Socket, Buffer[]>();
  let waiting: Socket[] | undefined;
  const listener = createServer((client) => {
    if (waiting === undefined) lead(client);
    else waiting.push(client);
  });
  const lead = (client: Socket): void => {
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
    server.pipe(client);
    client.on('data', (data) => {
      sent.set(client, [...(sent.get(client) ?? []), data]);
      server.write(data);
    });
  };
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy got no port on 127.0.0.1.');
  return {
    port: address.port,
    take() {
      const text = [...sent.values()].map((chunks) => Buffer.concat(chunks).toString('utf8')).join('\n');
      sent = new Map();
      return text;
    },
    holdNew() {
      waiting = [];
    },
    get held() {
      return waiting?.length ?? 0;
    },
    letGo() {
      const those = waiting ?? [];
      waiting = undefined;
      those.forEach(lead);
    },
    async close() {
      open.forEach((socket) => socket.destroy());
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** A server that takes connections and gives no reply: a firewall, a proxy whose server is gone. */
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent } from 'nest-migrate';
import { createDatabase, type ServerEngine, serverEngines } from '../../support/databases.ts';
import { type Scenario, scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** The port of a server that says nothing. */
async function silentServer(): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => open.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(async () => {
    open.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { readonly port: number }).port;
}

async function applicationAt(port: number, engine: ServerEngine, driverOptions: object = {}): Promise<Scenario> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  const options = { ...database.options, port, driverOptions };
  return scenario(engine, { database: { ...database, options }, revisions: { aaaa: {} } });
}

describe('a run on a server that gives no reply', () => {
  it('says what it waits for, ends with the signal, and lets its application close', async () => {
    const port = await silentServer();
    await Promise.all(
      serverEngines.map(async (engine) => {
        const at = await applicationAt(port, engine);
        const stop = new AbortController();
        const told: MigrationEvent[] = [];
        const onEvent = (event: MigrationEvent): void => {
          told.push(event);
          if (event.type === 'warning') stop.abort(new Error('enough'));
        };
        await expect(at.migrations.upgrade({ signal: stop.signal, onEvent })).rejects.toMatchObject({
          code: 'RUN_ABORTED',
          message: 'The run was stopped before there was a connection: it has changed nothing.',
        });
        expect([engine, ...told]).toEqual([
          engine,
          {
            type: 'warning',
            connection: 'default',
            message: `Waiting for a connection to the database at 127.0.0.1:${port}: there is no reply, or all of the pool's are in use.`,
          },
        ]);
        await at.end();
      }),
    );
  });

  it("fails with the driver's own limit, where there is one", async () => {
    const port = await silentServer();
    await Promise.all(
      serverEngines.map(async (engine) => {
        const limit = engine === 'postgres' ? { connectionTimeoutMillis: 300 } : { connectTimeout: 300 };
        const at = await applicationAt(port, engine, limit);
        await expect(at.migrations.current()).rejects.toMatchObject({
          code: 'DATABASE_UNREACHABLE',
          message: expect.stringContaining(`Can't connect to the database at 127.0.0.1:${port}: no reply in time.`),
        });
        await at.end();
      }),
    );
  });
});

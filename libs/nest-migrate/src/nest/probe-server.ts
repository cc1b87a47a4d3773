import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ModulesContainer } from '@nestjs/core';
import { type ResolvedOptions } from '../commands/options.js';
import { type RunProgress, type RunStage } from '../commands/run-progress.js';
import { errorText } from '../errors/thrown.js';

type Probe = NonNullable<ResolvedOptions['probe']>;

/** What a gate reports, and the probe that it asks for. */
export interface ProbedGate {
  readonly connection: string;
  readonly progress: RunProgress;
  /** Absent where the probe of another connection reports on it, or none does. */
  readonly probe: Probe | undefined;
  /** Called where the server cannot listen at the port. */
  readonly warn: (message: string) => void;
}

/**
 * Replies to the startup probes of an application while the gates of its connections run. The gates run side by side. The
 * server listens until the last of them is done, whichever asked for it, since the application does not listen before.
 */
class ProbeServers {
  readonly #running = new Set<ProbedGate>();
  readonly #servers = new Map<
    number,
    { readonly paths: Set<string>; readonly listening: Promise<Server | undefined> }
  >();
  #closing: Promise<void> = Promise.resolve();

  async during(gate: ProbedGate, work: () => Promise<void>): Promise<void> {
    this.#running.add(gate);
    try {
      if (gate.probe !== undefined) await this.#open(gate.probe, gate.warn);
      await work();
    } finally {
      this.#running.delete(gate);
      if (this.#running.size === 0) this.#closing = this.#close();
      await this.#closing;
    }
  }

  async #open({ port, path, host }: Probe, warn: ProbedGate['warn']): Promise<void> {
    await this.#closing;
    const open = this.#servers.get(port);
    if (open !== undefined) {
      open.paths.add(path);
      await open.listening;
      return;
    }
    const paths = new Set([path]);
    const server = createServer((request, response) => this.#reply(paths, request, response));
    const listening = listen(server, port, host).then(
      () => server,
      (error: unknown) => {
        // the server is for probes only: the upgrade matters more
        warn(`Startup probes get no reply: ${errorText(error)}.`);
        return undefined;
      },
    );
    this.#servers.set(port, { paths, listening });
    await listening;
  }

  async #close(): Promise<void> {
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(servers.map(async ({ listening }) => stopped(await listening)));
  }

  #reply(paths: ReadonlySet<string>, { url = '', method }: IncomingMessage, response: ServerResponse): void {
    const [path = ''] = url.split('?', 1);
    const isProbe = paths.has(path) && (method === 'GET' || method === 'HEAD');
    const connections = Object.fromEntries(
      [...this.#running].map(({ connection, progress }) => [connection, told(progress.stage)]),
    );
    response.writeHead(isProbe ? 200 : 503, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      // no connection may stay open when the application needs the port
      connection: 'close',
      ...(isProbe ? {} : { 'retry-after': '5' }),
    });
    response.end(`${JSON.stringify({ status: 'starting', connections })}\n`);
  }
}

const applications = new WeakMap<ModulesContainer, ProbeServers>();

/** Does the work of a gate while startup probes get replies. After the last gate, nothing listens any more. */
export function whileProbed(modules: ModulesContainer, gate: ProbedGate, work: () => Promise<void>): Promise<void> {
  const servers = applications.get(modules) ?? new ProbeServers();
  applications.set(modules, servers);
  return servers.during(gate, work);
}

/** What any client that reaches the port may know: no SQL, no message. */
function told(stage: RunStage): object {
  if (stage.stage !== 'running') return stage;
  const { step, number, of } = stage;
  return { stage: stage.stage, direction: step.direction, revision: step.revision, number, of };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen({ port, host }, () => {
      // later errors, such as a client that goes away, do not matter
      server.off('error', reject).on('error', () => undefined);
      resolve();
    });
  });
}

function stopped(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

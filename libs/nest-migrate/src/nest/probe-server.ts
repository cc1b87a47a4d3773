import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ModulesContainer } from '@nestjs/core';
import { type ResolvedOptions } from '../commands/options.js';
import { type RunProgress, type RunStage } from '../commands/run-progress.js';
import { errorText } from '../errors/thrown.js';

type Probe = NonNullable<ResolvedOptions['probe']>;

/** What a gate has to say and to ask for. */
export interface ProbedGate {
  readonly connection: string;
  readonly progress: RunProgress;
  /** Absent where another connection's probe tells of it, or none does. */
  readonly probe: Probe | undefined;
  /** Hears that the port can't be had. */
  readonly warn: (message: string) => void;
}

/**
 * Answers the startup probes of an application while gates of its connections run. They run side by side, so that the server
 * is there until the last of those at work is done, whichever of them asked for it; nobody else can listen before anyway.
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
    const server = createServer((request, response) => this.#answer(paths, request, response));
    const listening = listen(server, port, host).then(
      () => server,
      (error: unknown) => {
        // it is there for probes alone: the upgrade is worth more
        warn(`No startup probe is answered: ${errorText(error)}.`);
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

  #answer(paths: ReadonlySet<string>, { url = '', method }: IncomingMessage, response: ServerResponse): void {
    const [path = ''] = url.split('?', 1);
    const isProbe = paths.has(path) && (method === 'GET' || method === 'HEAD');
    const connections = Object.fromEntries(
      [...this.#running].map(({ connection, progress }) => [connection, told(progress.stage)]),
    );
    response.writeHead(isProbe ? 200 : 503, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      // nothing may be kept open when the application wants the port
      connection: 'close',
      ...(isProbe ? {} : { 'retry-after': '5' }),
    });
    response.end(`${JSON.stringify({ status: 'starting', connections })}\n`);
  }
}

const applications = new WeakMap<ModulesContainer, ProbeServers>();

/** Does the work of a gate while startup probes are answered; nothing listens any more where it is the last one. */
export function whileProbed(modules: ModulesContainer, gate: ProbedGate, work: () => Promise<void>): Promise<void> {
  const servers = applications.get(modules) ?? new ProbeServers();
  applications.set(modules, servers);
  return servers.during(gate, work);
}

/** What everybody may know who reaches the port: no SQL, no message. */
function told(stage: RunStage): object {
  if (stage.stage !== 'running') return stage;
  const { step, number, of } = stage;
  return { stage: stage.stage, direction: step.direction, revision: step.revision, number, of };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen({ port, host }, () => {
      // later ones (a client that goes away) are of no matter
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

/** Starts one server under a supervisor, on a free port, and waits until it lets us in. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { STOP_LIMIT, WAIT_LIMIT } from '../limits.ts';
import { lastLines } from '../reasons.ts';
import { type Account } from './account.ts';
import { type Supervised } from './supervised.ts';

const SUPERVISOR = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
const ATTEMPTS = 5;

export interface Recipe<Login> {
  /** For people: "PostgreSQL". */
  readonly name: string;
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  /** The server's own; removed in the end. */
  readonly folder: string;
  readonly account: Account | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** Ends the server as a machine that fails does: nothing is written any more, and nobody is told. */
  readonly crashSignal: NodeJS.Signals;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Throws while the server is not ready. */
  readonly login: (port: number) => Promise<Login>;
}

export interface Launched<Login> {
  readonly port: number;
  readonly pid: number;
  /** The process's id, also once the server was restarted. */
  readonly currentPid: () => number;
  readonly login: Login;
  readonly stop: () => Promise<void>;
  /** Crashes the server and starts it again, on the same folder and port; settles once it lets us in. */
  readonly restart: () => Promise<void>;
}

class PortTakenError extends Error {}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The operating system gave no port on 127.0.0.1.'));
      });
    });
  });
}

/** Lets the parent end while the supervisor still runs: it would then notice and end too. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) {
    if (stream instanceof Socket) stream.unref();
  }
}

function ending(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function stopSupervised(child: ChildProcess, pid: number | undefined): Promise<void> {
  child.ref();
  child.stdin?.end();
  const ended = await Promise.race([ending(child).then(() => true), sleep(STOP_LIMIT, false, { ref: false })]);
  if (ended) return;
  child.kill('SIGKILL');
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

async function attempt<Login>(recipe: Recipe<Login>): Promise<Launched<Login>> {
  const port = await freePort();
  const logFile = join(recipe.folder, 'server.log');
  const supervised: Supervised = {
    command: recipe.program,
    args: recipe.args(port),
    folder: recipe.folder,
    logFile,
    stopSignal: recipe.stopSignal,
    ...recipe.account,
  };
  const child = spawn(process.execPath, [SUPERVISOR, JSON.stringify(supervised)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...recipe.env },
    // a session of its own: Ctrl-C in the terminal is for the tests, which then end the server
    detached: true,
  });
  release(child);

  let pid: number | undefined;
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', () => (ended ??= 'its supervisor ended'));
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) {
      const [word, ...rest] = line.split(' ');
      if (word === 'started') pid = Number(rest[0]);
      else if (word === 'ended' || word === 'failed') ended = rest.join(' ');
    }
  });

  let reason: unknown;
  const letIn = async (): Promise<{ readonly login: Login; readonly pid: number } | undefined> => {
    const deadline = Date.now() + WAIT_LIMIT;
    while (ended === undefined && Date.now() < deadline) {
      await sleep(40);
      if (pid === undefined) continue;
      try {
        return { login: await recipe.login(port), pid };
      } catch (error) {
        reason = error;
      }
    }
    return undefined;
  };
  const restart = async (): Promise<void> => {
    if (pid === undefined) throw new Error(`${recipe.name} does not run.`);
    if (ended === undefined) process.kill(pid, recipe.crashSignal);
    for (let left = STOP_LIMIT; ended === undefined && left > 0; left -= 20) await sleep(20);
    [pid, ended] = [undefined, undefined];
    child.stdin.write('start\n');
    if ((await letIn()) === undefined) {
      const told = lastLines(await readFile(logFile, 'utf8').catch(() => ''));
      throw new Error(`${recipe.name} did not come back: ${ended ?? 'it lets nobody in'}\n${told}`, { cause: reason });
    }
  };
  const first = await letIn();
  if (first !== undefined) {
    let stopped: Promise<void> | undefined;
    const currentPid = (): number => pid ?? first.pid;
    return { port, ...first, currentPid, restart, stop: () => (stopped ??= stopSupervised(child, pid)) };
  }
  const log = await readFile(logFile, 'utf8').catch(() => '');
  await stopSupervised(child, pid);
  if (/address already in use/i.test(log)) throw new PortTakenError();
  const last = lastLines(log);
  const what = ended === undefined ? `let nobody in for ${WAIT_LIMIT / 1000} s` : `ended at once (${ended})`;
  throw new Error(`${recipe.name} ${what}: ${recipe.program}\n${last}`, { cause: reason });
}

/** Another process may take a free port before the server does: then the next one is tried. */
export async function launch<Login>(recipe: Recipe<Login>): Promise<Launched<Login>> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      return await attempt(recipe);
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
    }
  }
  throw new Error(`${recipe.name} found no free port on 127.0.0.1 in ${ATTEMPTS} attempts.`);
}

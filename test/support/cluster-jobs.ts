/** The processes that upgrade through the members of a cluster, and what they are told and tell. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { type Login } from './servers/query.ts';

export interface RunnerJob {
  readonly login: Login;
  readonly database: string;
  /** The script directory. */
  readonly directory: string;
  /** Looks instead of upgrading. */
  readonly look?: boolean;
  readonly target?: string;
  readonly lockWaitTimeout: number;
  /** Milliseconds before the run begins, and while its revisions are loaded. */
  readonly startDelay?: number;
  readonly loadDelay?: number;
  readonly poolMax?: number;
  /** Takes away what the library does about clusters. */
  readonly isUnprotected?: boolean;
  /** Seconds that the first statement of `bbbb` takes; 0.2 unless told. */
  readonly slowness?: number;
  /** A text: the runner says when it sends a statement that holds it. */
  readonly announce?: string;
}

export interface RunnerReport {
  /** The revisions that it ran. */
  readonly ran: readonly string[];
  /** What a terminal would have shown. */
  readonly lines: readonly string[];
  /** Who has the lock, as `db status` says it. */
  readonly holder?: string | null;
  /** How it failed. */
  readonly code?: string;
  readonly message?: string;
}

type Message = RunnerReport | { readonly announced: string };

/** What Node has compiled is shared by all processes of the suite. */
const CACHE = resolve(import.meta.dirname, '../../.cache/compile');
const RUNNER = resolve(import.meta.dirname, 'cluster-runner.ts');
const SOURCES = pathToFileURL(resolve(import.meta.dirname, '../../scripts/autogenerate-matrix/typescript-sources.mjs'));

/** One such process. */
export class ClusterRunner {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(RUNNER, [], {
      execArgv: ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', SOURCES.href],
      env: { NODE_COMPILE_CACHE: CACHE, ...process.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    endWithThis(this.#child);
  }

  /** Runs a job to its end; `announced` settles when the statement is sent that the job names. */
  start(job: RunnerJob): { readonly announced: Promise<void>; readonly report: Promise<RunnerReport> } {
    let tell: () => void = () => undefined;
    const announced = new Promise<void>((settle) => (tell = settle));
    const report = new Promise<RunnerReport>((settle) => {
      const hear = (message: Message): void => {
        if ('announced' in message) return tell();
        end(message);
      };
      const dead = (): void => end({ ran: [], lines: [], code: 'DEAD', message: 'the process is gone' });
      const end = (outcome: RunnerReport): void => {
        this.#child.off('message', hear).off('exit', dead);
        tell();
        settle(outcome);
      };
      this.#child.on('message', hear).once('exit', dead);
    });
    this.#child.send(job);
    return { announced, report };
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends the process, however it is; settles when it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((settle) => this.#child.once('exit', settle));
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/**
 * Ends the child once this process is gone, however that ended: the pipe to a watch closes then. A child that is frozen would not
 * hear of it. The watch has a session of its own, so that what ends the group of this process does not end it before.
 */
function endWithThis(child: ChildProcess): void {
  const watch = spawn('sh', ['-c', 'read -r _; kill -KILL "$0"', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  if (watch.stdin instanceof Socket) watch.stdin.unref();
  child.once('exit', () => watch.kill('SIGKILL'));
}

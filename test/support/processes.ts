/** Child processes for tests: started in a group of their own, ended by that group's id, never left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { PROCESS_LIMIT, STOP_LIMIT, WAIT_LIMIT } from './limits.ts';
import { codeOf, lastLines } from './reasons.ts';
import { assertNoLeaks, searchForSecrets, secretsOf } from './secrets.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to stdin, which is then closed. Without it stdin is empty. */
  readonly input?: string;
  /** Root only: the account the child runs as. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface RunOptions extends ProcessOptions {
  /** Milliseconds; {@link PROCESS_LIMIT} unless told. A child that takes longer is killed and the promise rejects. */
  readonly timeout?: number;
  /** Sends a signal once the output matches, or once the time is over. */
  readonly signalAfter?: { readonly signal: NodeJS.Signals } & (
    { readonly output: RegExp } | { readonly milliseconds: number }
  );
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WaitOptions {
  readonly timeout?: number;
  /** Where to look; both by default. */
  readonly stream?: 'stdout' | 'stderr' | 'both';
}

export interface RunningProcess {
  readonly pid: number;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Settles when the process has ended and its output is complete; never rejects. */
  readonly exited: Promise<ProcessResult>;
  /** Rejects, with the output so far, when the process ends or {@link WAIT_LIMIT} is over without a match. */
  waitForOutput(pattern: RegExp, options?: WaitOptions): Promise<RegExpExecArray>;
  /** `process`: this child alone, as a supervisor does. `group`: its children too, as Ctrl-C in a terminal does. */
  kill(signal?: NodeJS.Signals, target?: 'process' | 'group'): void;
  /** SIGTERM, then SIGKILL for the whole group after {@link STOP_LIMIT}. Does nothing when it has ended. */
  stop(): Promise<ProcessResult>;
}

const root = resolve(import.meta.dirname, '..', '..');
const compileCache = resolve(root, '.cache', 'compile');
const quickWasm = `--require=${JSON.stringify(resolve(root, 'scripts', 'quick-wasm.cjs'))}`;
const living = new Map<number, RunningProcess>();
let watching = false;

/** Returns whether there was anyone to signal. */
function signalTo(id: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(id, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}

function remember(running: RunningProcess): void {
  living.set(running.pid, running);
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const id of living.keys()) signalTo(-id, 'SIGKILL');
  });
}

/**
 * Ends what a test has started and not stopped; `jest.config.mjs` has it run after every spec file.
 *
 * @throws where a process of the spec file has printed a password.
 */
export async function stopEverything(): Promise<void> {
  await Promise.all([...living.values()].map((running) => running.stop()));
  assertNoLeaks();
}

function commandLine(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}

/** This process's environment for a child, with changes; `undefined` takes a variable away. */
export function environmentOf(changes: ProcessOptions['env'] = {}): NodeJS.ProcessEnv {
  // the same hundreds of files are compiled once for all the processes of the suite, and not once for each
  const env: NodeJS.ProcessEnv = { NODE_COMPILE_CACHE: compileCache, NODE_OPTIONS: quickWasm, ...process.env };
  delete env['FORCE_COLOR']; // jest sets it for its workers when somebody watches
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

class Child implements RunningProcess {
  readonly exited: Promise<ProcessResult>;
  readonly pid: number;
  stdout = '';
  stderr = '';
  readonly #title: string;
  readonly #listeners = new Set<() => void>();
  #ended = false;

  constructor(child: ChildProcess, pid: number, title: string, secrets: readonly string[]) {
    this.pid = pid;
    this.#title = title;
    remember(this);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#tell();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#tell();
    });
    this.exited = new Promise((settle) => {
      let grace: NodeJS.Timeout | undefined;
      // what it started itself may still be closing down; after that it would outlive the test
      child.once('exit', () => (grace = setTimeout(() => signalTo(-pid, 'SIGKILL'), 2000)));
      child.once('close', (code, signal) => {
        this.#ended = true;
        clearTimeout(grace);
        signalTo(-pid, 'SIGKILL');
        living.delete(pid);
        searchForSecrets(title, secrets, this.stdout + this.stderr);
        settle({ code, signal, stdout: this.stdout, stderr: this.stderr });
        this.#tell();
      });
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  waitForOutput(pattern: RegExp, options: WaitOptions = {}): Promise<RegExpExecArray> {
    const { stream = 'both', timeout = WAIT_LIMIT } = options;
    const wanted = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        finish();
        reject(
          new Error(
            `${this.#title} ${reason} without writing ${String(pattern)}.\nstdout:\n${lastLines(this.stdout, 15)}\nstderr:\n${lastLines(this.stderr, 15)}`,
          ),
        );
      };
      const look = (): void => {
        const found =
          (stream === 'stderr' ? null : wanted.exec(this.stdout)) ??
          (stream === 'stdout' ? null : wanted.exec(this.stderr));
        if (found) {
          finish();
          resolve(found);
        } else if (this.#ended) fail('ended');
      };
      const timer = setTimeout(() => fail(`ran for ${timeout} ms`), timeout);
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  kill(signal: NodeJS.Signals = 'SIGTERM', target: 'process' | 'group' = 'process'): void {
    if (!this.#ended) signalTo(target === 'group' ? -this.pid : this.pid, signal);
  }

  async stop(): Promise<ProcessResult> {
    this.kill('SIGTERM', 'group');
    const timer = setTimeout(() => this.kill('SIGKILL', 'group'), STOP_LIMIT);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Jest needs Node 24 for ES modules. `TEST_NODE` names another Node, for the programs that the tests start on their own. */
function programOf(command: string): string {
  return command === process.execPath ? (process.env['TEST_NODE'] ?? command) : command;
}

/** Starts a program and returns once it runs; a program that cannot be started is an error that names it. */
export async function startProcess(
  command: string,
  args: readonly string[] = [],
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const title = commandLine(command, args);
  const child = spawn(programOf(command), args, {
    cwd: options.cwd,
    env: environmentOf(options.env),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const { pid } = child;
  if (pid === undefined) {
    const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new Error(`Cannot start ${title}: ${cause.message}`, { cause });
  }
  if (child.stdin) {
    // a child that does not read to the end is not an error of the test
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  }
  return new Child(child, pid, title, secretsOf(options.env));
}

/** Runs a program to its end. A non-zero exit code is a result, not an error. */
export async function runProcess(
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const { timeout = PROCESS_LIMIT, signalAfter } = options;
  const running = await startProcess(command, args, options);
  let late = false;
  const timers = [
    setTimeout(() => {
      late = true;
      running.kill('SIGKILL', 'group');
    }, timeout),
  ];
  if (signalAfter) {
    const send = (): void => running.kill(signalAfter.signal);
    if ('milliseconds' in signalAfter) timers.push(setTimeout(send, signalAfter.milliseconds));
    // an end without that output is the caller's to see in the result
    else running.waitForOutput(signalAfter.output, { timeout }).then(send, () => undefined);
  }
  const result = await running.exited;
  timers.forEach((timer) => clearTimeout(timer));
  if (late) {
    throw new Error(
      `${commandLine(command, args)} did not end within ${timeout} ms.\nstdout:\n${lastLines(result.stdout, 15)}\nstderr:\n${lastLines(result.stderr, 15)}`,
    );
  }
  return result;
}

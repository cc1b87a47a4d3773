/**
 * Short programs that a spec file runs by the hundred, such as `pg_dump`, started by one shell. The larger a process is, the
 * more it costs the system that it starts another: of one of jest's, several times what `pg_dump` itself takes.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { environmentOf, type ProcessResult } from './processes.ts';
import { searchForSecrets, secretsOf } from './secrets.ts';

type Shell = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it reads; nothing unless told. */
  readonly input?: string;
}

let shell: Shell | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Ends each output; no program writes that by itself. */
const MARK = '\u001e';

/** Runs a program to its end, behind those that were asked for before. A non-zero exit code is a result, not an error. */
export async function runInShell(program: Program): Promise<ProcessResult> {
  const result = last.then(() => ask(program));
  last = result.catch(() => undefined);
  const { stdout, stderr, ...end } = await result;
  searchForSecrets(program.command, secretsOf(program.env), stdout + stderr);
  return { stdout, stderr, ...end };
}

/** Ends the shell; the next program starts another one. */
export function stopShell(): void {
  shell?.kill('SIGKILL');
  shell = undefined;
}

async function ask({ command, args, env, input }: Program): Promise<ProcessResult> {
  const running = (shell ??= start());
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const line = [...variables, ...[command, ...args].map(quoted)].join(' ');
  // a program that does not read to its end is not an error
  const whole = input === undefined ? `${line} </dev/null` : `printf %s ${quoted(input)} 2>/dev/null | ${line}`;
  const outputs = Promise.all([upToMark(running, running.stdout), upToMark(running, running.stderr)]);
  running.stdin.write(`${whole}\nprintf '${MARK}%s${MARK}' $?; printf '${MARK}${MARK}' >&2\n`);
  const [[stdout = '', code], [stderr = '']] = await outputs;
  return { code: Number(code), signal: null, stdout, stderr };
}

/** The output up to the second mark, in its parts. */
async function upToMark(running: Shell, output: Readable): Promise<readonly string[]> {
  return new Promise((settle, fail) => {
    let text = '';
    const finish = (): void => {
      output.off('data', read);
      running.off('exit', ended);
    };
    const read = (part: string): void => {
      text += part;
      if (!text.endsWith(MARK) || text.split(MARK).length < 3) return;
      finish();
      settle(text.split(MARK));
    };
    const ended = (): void => {
      finish();
      fail(new Error(`The shell has ended:\n${text}`));
    };
    output.on('data', read);
    running.once('exit', ended);
  });
}

function start(): Shell {
  const started = spawn('bash', ['--norc', '--noprofile'], { env: environmentOf(), stdio: ['pipe', 'pipe', 'pipe'] });
  started.stdout.setEncoding('utf8');
  started.stderr.setEncoding('utf8');
  process.once('exit', () => started.kill('SIGKILL'));
  return started;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

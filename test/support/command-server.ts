/** An application's commands in one process that runs many of them, one after the other. */
import { type ChildProcess, fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type CommandRequest, type CommandResponse } from '../application/run-command.ts';
import { environmentOf, type ProcessOptions, type ProcessResult } from './processes.ts';
import { searchForSecrets, secretsOf } from './secrets.ts';

const root = resolve(import.meta.dirname, '..', '..');
const entry = join(root, 'dist', 'test', 'application', 'command-server.js');

let server: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs a command to its end, behind those that were asked for before. */
export async function runCommand(
  argv: readonly string[],
  options: ProcessOptions,
  application?: CommandRequest['application'],
): Promise<ProcessResult> {
  const env = Object.fromEntries(
    Object.entries(environmentOf(options.env)).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const result = last.then(() => ask({ application, argv, cwd: options.cwd ?? root, env }));
  last = result.catch(() => undefined);
  const { code, stdout, stderr } = await result;
  searchForSecrets(`db ${argv.join(' ')}`, secretsOf(options.env), stdout + stderr);
  return { code, signal: null, stdout, stderr };
}

/** Ends the process; the next command starts another one. */
export function stopCommandServer(): void {
  server?.kill('SIGKILL');
  server = undefined;
}

async function ask(request: CommandRequest): Promise<CommandResponse> {
  const child = (server ??= start());
  return new Promise((done, fail) => {
    const ended = (): void => fail(new Error(`the process ended in db ${request.argv.join(' ')}`));
    child.once('exit', ended);
    child.once('message', (response) => {
      child.off('exit', ended);
      done(response as CommandResponse);
    });
    child.send(request);
  });
}

function start(): ChildProcess {
  const child = fork(entry, { cwd: root, env: environmentOf(), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

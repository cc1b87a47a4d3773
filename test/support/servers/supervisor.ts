/**
 * A program of its own: runs one server and ends it when the pipe on stdin closes, which the operating system does for
 * a test run that was killed too. Then it removes the server's folder. A server that died is started again, in the same
 * folder, when something is written to the pipe.
 *
 *     node supervisor.ts '<Supervised as JSON>'
 *
 * It writes `started <pid>` or `failed <reason>`, later `ended <code or signal>`, to stdout.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { STOP_LIMIT } from '../limits.ts';
import { type Supervised } from './supervised.ts';

function supervise(server: Supervised): void {
  const log = openSync(server.logFile, 'a');
  let child: ChildProcess;
  let stopping = false;
  let ended: string | undefined;
  const end = (): void => {
    rmSync(server.folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    if (ended !== undefined) return end();
    child.kill(server.stopSignal);
    child.kill('SIGCONT'); // one that a test has frozen does not hear the signal before
    setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT / 2).unref();
  };
  // whoever started it first reads the log of a server that ended by itself, then closes the pipe
  const report = (line: string): void => {
    ended = line;
    process.stdout.write(`${line}\n`);
    if (stopping) end();
  };

  const start = (): void => {
    ended = undefined;
    child = spawn(server.command, server.args, {
      cwd: server.folder,
      stdio: ['ignore', log, log],
      ...(server.uid === undefined ? {} : { uid: server.uid }),
      ...(server.gid === undefined ? {} : { gid: server.gid }),
    });
    child.once('spawn', () => process.stdout.write(`started ${child.pid}\n`));
    child.once('error', (error) => report(`failed ${error.message}`));
    child.once('exit', (code, signal) => report(`ended ${code ?? signal}`));
  };

  process.stdout.on('error', stop); // the reader is gone
  process.stdin.on('end', stop).on('error', stop);
  process.stdin.on('data', () => {
    if (ended !== undefined && !stopping) start();
  });
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);
  start();
}

const [, , argument] = process.argv;
if (argument === undefined) throw new Error("Usage: node supervisor.ts '<JSON>'");
supervise(JSON.parse(argument) as Supervised);

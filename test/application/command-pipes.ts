/**
 * Runs the `db` commands that a shell writes into one named pipe, and writes into another how each ended: the exit code on
 * a line of its own, then what was printed.
 *
 *     mkfifo asked told; node command-pipes.js asked told [application] &
 *     db() { printf '%s\036' "$@" >asked; { read -r code; cat; } <told; return "$code"; }
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CommandRequest, runCommand } from './run-command.js';

const [asked = '', told = ''] = process.argv.slice(2, 4).map((path) => resolve(path));
const application = process.argv[4] as CommandRequest['application'];

for (;;) {
  // waits until the shell has written
  const argv = readFileSync(asked, 'utf8').split('\u001e').slice(0, -1);
  const { code, output } = await runCommand({ application, argv, cwd: process.cwd(), env: process.env });
  writeFileSync(told, `${code}\n${output}`);
}

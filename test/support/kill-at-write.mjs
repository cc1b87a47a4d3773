/**
 * Preloaded into a process that is to die: it kills itself when it writes to the database for the nth time. `KILL_AT` is
 * `<n>:before`, `<n>:after` (the server has been told, and nobody hears its answer) or `<n>:later` (it is told, and two
 * milliseconds have passed). Without it the writes are counted, into the file `COUNT_WRITES`. `KILL_BEFORE` is the beginning
 * of a statement before which `KILL_SIGNAL` is sent, for SQLite as well, which is in the process.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';

const { DB_ENGINE, DB_PORT, KILL_AT = '', COUNT_WRITES, KILL_BEFORE, KILL_SIGNAL } = process.env;
const [at, moment] = KILL_AT.split(':');
const die = () => process.kill(process.pid, 'SIGKILL');
const { write } = Socket.prototype;
let writes = 0;
let isSent = false;

function look(text) {
  if (isSent || KILL_BEFORE === undefined || !text.includes(KILL_BEFORE)) return;
  isSent = true;
  process.kill(process.pid, KILL_SIGNAL);
}

if (DB_ENGINE === 'sqlite') {
  const { prototype } = createRequire(import.meta.url)('better-sqlite3');
  const { prepare } = prototype;
  prototype.prepare = function (sql) {
    look(sql);
    return prepare.call(this, sql);
  };
}

Socket.prototype.write = function (...args) {
  if (this.remotePort !== Number(DB_PORT)) return write.apply(this, args);
  writes += 1;
  look(String(args[0]));
  const isIt = writes === Number(at);
  if (isIt && moment === 'before') die();
  const more = write.apply(this, args);
  if (isIt && moment === 'after') die();
  if (isIt && moment === 'later') setTimeout(die, 2);
  return more;
};

if (COUNT_WRITES !== undefined) process.on('exit', () => writeFileSync(COUNT_WRITES, String(writes)));

import { hostname, userInfo } from 'node:os';
import { type Host } from '../commands/command-context.js';
import { currentActivity, currentGroup } from './db-command-mode.js';
import { textOf, type Wording } from '../errors/wording.js';

/** What the rest of the library may know of this process. */
export function processHost(): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    execPath: process.execPath,
    pid: process.pid,
    hostname: hostname(),
    user: userName(),
    activity: currentActivity(),
    watchExit,
  };
}

function watchExit(sentence: () => Wording | undefined): () => void {
  const group = currentGroup();
  const onExit = (code: number): void => {
    const text = sentence();
    if (text === undefined) return;
    if (code === 0) process.exitCode = 1;
    // only what is written synchronously is still written
    process.stderr.write(`Error: ${textOf(text, group)}\n`);
  };
  process.on('exit', onExit);
  return () => process.off('exit', onExit);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? ''); // a container's user need not be in its passwd file
  }
}

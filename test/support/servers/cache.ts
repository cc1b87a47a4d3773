/** The cache folder: what took long once (a download, an initialised data folder) is kept for the next run. */
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile, chmod } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isOpenToAll } from './account.ts';

const FOLDER = 'nest-migrate-servers';
const STAMP = '.complete';

export interface CacheOptions {
  /** Another account reads it as well: folders closed to others, such as root's home, are passed over. */
  readonly readByOthers?: boolean;
  /** Says whether a finished entry still works; one that does not is rebuilt. */
  readonly isUsable?: (folder: string) => Promise<boolean>;
}

function isOurs(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const found = lstatSync(folder);
  return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
}

/** Best first. The temporary folder serves when there is no home folder, or only one that cannot be written. */
function roots(): readonly string[] {
  const { XDG_CACHE_HOME: configured, HOME: home = homedir() } = process.env;
  const places: string[] = [];
  if (configured !== undefined && isAbsolute(configured)) places.push(join(configured, FOLDER));
  else if (isAbsolute(home)) places.push(join(home, '.cache', FOLDER));
  const temporary = join(tmpdir(), `${FOLDER}-${process.getuid?.() ?? 0}`);
  // in a folder that all can write, somebody else may have taken the name
  if (isOurs(temporary)) places.push(temporary);
  return places;
}

async function isWritable(root: string): Promise<boolean> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
    await rm(await mkdtemp(join(root, 'probe-')), { recursive: true });
    return true;
  } catch {
    return false; // read-only, or no rights: the next place is tried
  }
}

async function removeOldDrafts(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.includes('.draft-')) continue;
    const path = join(root, name);
    // not mtime: unpacking a package sets that to the day the package was made
    const age = await stat(path).then(
      (found) => Date.now() - found.ctimeMs,
      () => 0,
    );
    if (age > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

/** Another process may publish the same entry first: then theirs is taken. */
async function publish(draft: string, target: string): Promise<void> {
  for (;;) {
    try {
      await rename(draft, target);
      return;
    } catch (error) {
      if (!existsSync(join(target, STAMP))) {
        if (!existsSync(target)) throw error;
        await rm(target, { recursive: true, force: true });
        continue;
      }
      await rm(draft, { recursive: true, force: true });
      return;
    }
  }
}

/**
 * The folder of that name, made by `build` unless it is there. The name holds every version that matters. What `build`
 * leaves behind when it fails is removed; a half-made entry is never seen by others.
 */
export async function cached(
  name: string,
  build: (draft: string) => Promise<void>,
  options: CacheOptions = {},
): Promise<string> {
  const { readByOthers = false, isUsable = async () => true } = options;
  const isReachable = (folder: string): boolean => !readByOthers || isOpenToAll(folder);
  const places = roots();
  for (const root of places) {
    const found = join(root, name);
    if (!existsSync(join(found, STAMP)) || !isReachable(found)) continue;
    if (await isUsable(found)) return found;
    await rm(found, { recursive: true, force: true }).catch(() => undefined); // read-only: the next place is used
  }
  for (const root of places) {
    if (!(await isWritable(root)) || !isReachable(root)) continue;
    await removeOldDrafts(root);
    const draft = await mkdtemp(join(root, `${name}.draft-`));
    try {
      await chmod(draft, 0o755);
      await build(draft);
      await writeFile(join(draft, STAMP), `${new Date().toISOString()}\n`);
      const target = join(root, name);
      await publish(draft, target);
      return target;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }
  throw new Error(`No folder to keep ${name} in: none of ${places.join(', ')} can be written; set XDG_CACHE_HOME.`);
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { nodeByteFiles, nodeFileSystem, nodePrivateFolders } from '../script/file-system.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { type ScratchSettings } from './scratch-settings.js';

type Settings = ScratchSettings['snapshots'];
type Limits = Pick<Settings, 'count' | 'megabytes'>;

const SUFFIX = '.snapshot';
const DIGEST_BYTES = 32;
/** A draft of a snapshot is written in less than a second, or in minutes where the disk is slow. */
const LONGEST_DRAFT_MS = 3_600_000;

/** The newest state of a chain that is kept. */
export interface FoundSnapshot {
  /** Which of the keys. */
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The kept content for the last of the keys for which there is one. Using it makes it the newest. */
export async function findSnapshotFile(
  keys: readonly string[],
  settings: Settings,
): Promise<FoundSnapshot | undefined> {
  if (settings.count === 0) return undefined;
  const folder = await snapshotFolder(settings);
  const names = new Set((await nodeFileSystem.list(folder)).map(({ name }) => name));
  for (const [at, key] of [...keys.entries()].reverse()) {
    if (!names.has(key + SUFFIX)) continue;
    const path = join(folder, key + SUFFIX);
    const whole = await nodeByteFiles.read(path);
    const bytes = whole?.subarray(DIGEST_BYTES);
    if (whole === null || bytes === undefined) continue;
    // another content than was written could end the process that loads it
    if (!digestOf(bytes).equals(whole.subarray(0, DIGEST_BYTES))) {
      await nodeFileSystem.remove(path);
      continue;
    }
    await nodeByteFiles.touch(path).catch(() => undefined);
    return { at, bytes };
  }
  return undefined;
}

/** Keeps content under a key, and removes the oldest that is beyond the limits. A disk that is full costs time alone. */
export async function keepSnapshotFile(key: string, bytes: Uint8Array, settings: Settings): Promise<void> {
  const { count, megabytes } = settings;
  if (count === 0 || bytes.length > megabytes * MEGABYTE) return;
  const folder = await snapshotFolder(settings);
  await nodeByteFiles
    .publish(join(folder, key + SUFFIX), Buffer.concat([digestOf(bytes), bytes]))
    .catch(() => undefined);
  const found: { path: string; size: number; modifiedMs: number }[] = [];
  for (const { name } of await nodeFileSystem.list(folder)) {
    const path = join(folder, name);
    const info = name.includes(SUFFIX) ? await nodeFileSystem.stat(path) : null;
    if (info === null) continue;
    if (name.endsWith(SUFFIX)) found.push({ path, ...info });
    // of a process that was killed
    else if (Date.now() - info.modifiedMs > LONGEST_DRAFT_MS) await nodePrivateFolders.remove(path);
  }
  for (const { path } of beyondLimits(found, { count, megabytes })) await nodeFileSystem.remove(path);
}

const MEGABYTE = 1_000_000;

/** Those of the snapshots that are to go: the ones that have not been used for the longest time. */
export function beyondLimits<S extends { readonly size: number; readonly modifiedMs: number }>(
  snapshots: readonly S[],
  { count, megabytes }: Limits,
): readonly S[] {
  let room = megabytes * MEGABYTE;
  return [...snapshots]
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .filter(({ size }, index) => {
      room -= size;
      return index >= count || room < 0;
    });
}

async function snapshotFolder({ folder }: Settings): Promise<string> {
  if (folder !== undefined) {
    await nodeFileSystem.makeFolder(folder);
    return folder;
  }
  const own = join(await rehearsalFolder(), 'snapshots');
  await nodePrivateFolders.make(own);
  return own;
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

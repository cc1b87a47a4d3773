/** Looks for programs in one version or newer: the machine's own, else those of Debian's packages in the cache. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runProcess } from '../processes.ts';
import { reasonOf } from '../reasons.ts';
import { unpackedPrograms, type PackageRequest } from './debian-packages.ts';

export interface FindOptions {
  readonly readByOthers?: boolean;
  readonly onProgress?: (line: string) => void;
}

export interface Search {
  /** For messages: "PostgreSQL", "MySQL's client". */
  readonly title: string;
  /** Names of the program, best first. */
  readonly names: readonly string[];
  readonly folders: () => readonly string[];
  /** Tells this program from its relatives and gives the version. */
  readonly version: RegExp;
  readonly minimum: string;
  /** A program that has to lie beside it. */
  readonly companion?: string;
  readonly packages: Omit<PackageRequest, keyof FindOptions>;
  /** What helps where it is nowhere, as the sentence continues after "Either". */
  readonly cure: string;
}

export interface FoundProgram {
  readonly origin: 'machine' | 'packages';
  /** As people write it: `15.18`. */
  readonly version: string;
  readonly program: string;
  readonly companion: string | undefined;
}

export function pathFolders(): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // servers live in sbin folders, which are not on everybody's PATH
  return [...path, '/usr/sbin', '/usr/local/sbin', '/usr/local/mysql/bin'];
}

/** Where Debian keeps PostgreSQL's programs: every major version apart, off the PATH. Newest first. */
export function postgresFolders(): readonly string[] {
  const parent = '/usr/lib/postgresql';
  const versions = existsSync(parent) ? readdirSync(parent) : [];
  const newestFirst = versions.sort((left, right) => Number(right) - Number(left));
  return newestFirst.map((version) => join(parent, version, 'bin'));
}

function isAtLeast(version: string, minimum: string): boolean {
  const wanted = minimum.split('.').map(Number);
  const found = version.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const own = found[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

async function versionOf(program: string, search: Search): Promise<string | undefined> {
  const { stdout } = await runProcess(program, ['--version']);
  const version = search.version.exec(stdout)?.[1];
  return version !== undefined && isAtLeast(version, search.minimum) ? version : undefined;
}

async function onMachine(search: Search): Promise<FoundProgram | undefined> {
  const candidates = search.folders().flatMap((folder) => search.names.map((name) => join(folder, name)));
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const program = realpathSync(candidate);
    const companion = search.companion === undefined ? undefined : join(dirname(program), search.companion);
    if (companion !== undefined && !existsSync(companion)) continue;
    const version = await versionOf(program, search).catch(() => undefined); // not a program that runs here
    if (version !== undefined) return { origin: 'machine', version, program, companion };
  }
  return undefined;
}

async function inPackages(search: Search, options: FindOptions): Promise<FoundProgram> {
  const [program, companion] = await unpackedPrograms({ ...search.packages, ...options });
  if (program === undefined) throw new Error(`the package ${search.packages.install} holds no ${search.names.join()}`);
  const version = await versionOf(program, search);
  if (version === undefined) throw new Error(`the package's ${search.title} is older than ${search.minimum}`);
  return { origin: 'packages', version, program, companion };
}

/** TEST_SERVERS_FROM=machine or =packages narrows the search; the suite's own tests use it to take every path. */
function wantedOrigin(): 'machine' | 'packages' | undefined {
  const wanted = process.env['TEST_SERVERS_FROM'];
  if (wanted === undefined || wanted === '' || wanted === 'machine' || wanted === 'packages')
    return wanted || undefined;
  throw new Error(`TEST_SERVERS_FROM is '${wanted}': use 'machine' or 'packages', or leave it out.`);
}

export async function findProgram(search: Search, options: FindOptions = {}): Promise<FoundProgram> {
  const { title, minimum, cure } = search;
  const wanted = wantedOrigin();
  const found = wanted === 'packages' ? undefined : await onMachine(search);
  if (found) return found;
  const missing = `${title} ${minimum} or newer was not found on this machine`;
  if (wanted === 'machine') throw new Error(`${missing}, and TEST_SERVERS_FROM=machine allows no other. ${cure}`);
  try {
    return await inPackages(search, options);
  } catch (cause) {
    const reason = reasonOf(cause).replace(/\.$/, '');
    throw new Error(`${missing}, and Debian's package could not be had: ${reason}. ${cure}`, { cause });
  }
}

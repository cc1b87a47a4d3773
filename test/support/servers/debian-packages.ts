/**
 * Debian's packages without installing them: downloaded and verified by apt with every folder of its own redirected,
 * unpacked into the cache, started through the C library they were built for. Nothing of the machine changes.
 */
import { existsSync } from 'node:fs';
import { chmod, glob, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { runProcess } from '../processes.ts';
import { type DebianSuite, sourcesFor } from './apt-sources.ts';
import { cached } from './cache.ts';

/** Part of every entry's name: a change of this file's layout makes the caches of older checkouts stale. */
const FORMAT = 1;
const DOWNLOAD_TIMEOUT = 15 * 60_000;

export interface PackageRequest {
  /** Names the cache entry: "mysql". */
  readonly key: string;
  readonly suite: DebianSuite;
  /** What to install; its libraries come along. */
  readonly install: string;
  /** Of the packages apt would install: the ones whose files are needed, besides the libraries. */
  readonly keep: RegExp;
  /** Libraries that come along with what is not kept, and are not needed. */
  readonly needless?: RegExp;
  /** Programs to make startable, as glob patterns inside the unpacked folder. The first one is tried before use. */
  readonly programs: readonly string[];
  /** Files that a program of another entry loads, as glob patterns: found, and left as they are. */
  readonly files?: readonly string[];
  readonly readByOthers?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** Libraries no server program of ours links: PostgreSQL's just-in-time compiler and Perl. */
const NEEDLESS = /^lib(llvm|clang|z3|perl)|-perl$|-common$/;
const LIBRARY = /^(lib|zlib1g)/;

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, {
    cwd,
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    timeout: DOWNLOAD_TIMEOUT,
  });
  if (code === 0) return stdout;
  const lines = stderr.split('\n').filter((line) => line.startsWith('E:'));
  const reason = (lines[0] ?? stderr.trim().split('\n').at(-1) ?? '').replaceAll(/\/\/[^/@\s]*@/g, '//');
  throw new Error(`${command} failed: ${reason.replace(/^E: /, '') || `exit code ${code}`}`);
}

/** Read after the machine's own settings, so that a proxy set there still holds and its hooks do not run. */
async function aptConfiguration(folder: string, suite: DebianSuite): Promise<string> {
  const apt = join(folder, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, name), { recursive: true });
  await writeFile(join(apt, 'status'), '');
  await writeFile(join(apt, 'mirror.sources'), sourcesFor(suite));
  const file = join(apt, 'apt.conf');
  await writeFile(
    file,
    `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "${apt}";
Dir::State::Lists "${join(apt, 'lists')}";
Dir::State::status "${join(apt, 'status')}";
Dir::Cache "${join(apt, 'cache')}";
Dir::Etc::sourcelist "${join(apt, 'mirror.sources')}";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
`,
  );
  return file;
}

async function download(folder: string, request: PackageRequest): Promise<readonly string[]> {
  const configuration = await aptConfiguration(folder, request.suite);
  const archives = join(folder, 'archives');
  await mkdir(archives);
  const apt = (...args: string[]): Promise<string> => run('apt-get', ['-q', '-c', configuration, ...args], archives);
  await apt('update');
  const plan = await apt('--simulate', '--no-install-recommends', 'install', request.install);
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map((found) => found[1] ?? '');
  const isNeedless = (name: string): boolean => NEEDLESS.test(name) || request.needless?.test(name) === true;
  const needed = names.filter((name) => request.keep.test(name) || (LIBRARY.test(name) && !isNeedless(name)));
  await apt('download', ...needed);
  return (await readdir(archives)).map((name) => join(archives, name));
}

async function unpack(archives: readonly string[], folder: string): Promise<void> {
  const waiting = [...archives];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await run('dpkg-deb', ['--extract', next, folder], folder);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const name of ['doc', 'man', 'locale', 'lintian', 'gdb', 'i18n']) {
    await rm(join(folder, 'usr/share', name), { recursive: true, force: true });
  }
}

async function matches(pattern: string, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) found.push(path);
  return found.sort();
}

/** Puts a script in the program's place that starts it through its own loader, wherever the folder is moved. */
async function wrap(program: string, folder: string): Promise<void> {
  const libraries = await matches('{lib,usr/lib}/{*-linux-gnu*,mysql/private}', folder);
  const [loader] = (await matches('{lib,usr/lib}/*-linux-gnu*/ld*.so.*', folder)).filter((name) =>
    /\/ld(-linux[^/]*|64)\.so\.\d+$/.test(name),
  );
  if (loader === undefined) throw new Error('the unpacked C library has no loader');
  const path = join(folder, program);
  await rename(path, `${path}.bin`);
  const root = relative(dirname(program), '.');
  const libraryPath = libraries.map((name) => `$root/${name}`).join(':');
  await writeFile(
    path,
    `#!/bin/sh
# starts the program beside this script with the C library it was built for
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/${root}" && pwd)
exec "$root/${loader}" --library-path "${libraryPath}" "$here/${basename(program)}.bin" "$@"
`,
  );
  await chmod(path, 0o755);
}

async function programsIn(folder: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(patterns.map((pattern) => matches(pattern, folder)));
  return found.map((paths, index) => {
    const [first] = paths;
    if (first === undefined) throw new Error(`the package holds no ${patterns[index] ?? ''}`);
    return first;
  });
}

async function starts(program: string): Promise<boolean> {
  if (!existsSync(program)) return false;
  const { code } = await runProcess(program, ['--version']);
  return code === 0;
}

/** Returns the paths of the programs, and behind them of the files, that were asked for. */
export async function unpackedPrograms(request: PackageRequest): Promise<readonly string[]> {
  const build = async (draft: string): Promise<void> => {
    request.onProgress?.(`Downloading ${request.install} from Debian (${request.suite}), once ...`);
    await unpack(await download(draft, request), draft);
    for (const program of await programsIn(draft, request.programs)) await wrap(program, draft);
    for (const name of ['apt', 'archives']) await rm(join(draft, name), { recursive: true, force: true });
  };
  const isUsable = async (folder: string): Promise<boolean> => {
    const [first] = await programsIn(folder, request.programs).catch(() => []);
    if (request.programs.length === 0) return existsSync(folder);
    return first !== undefined && starts(join(folder, first));
  };
  const folder = await cached(`${request.key}-${request.suite}-${process.arch}-${FORMAT}`, build, {
    readByOthers: request.readByOthers ?? false,
    isUsable,
  });
  const found = await programsIn(folder, [...request.programs, ...(request.files ?? [])]);
  return found.map((path) => join(folder, path));
}

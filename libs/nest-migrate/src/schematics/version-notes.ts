import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorFields, type FileSystem } from '../script/file-system.js';
import { isRecord, readJsonWithComments } from '../script/json-with-comments.js';
import { type PackageManager } from './nest-project.js';

const ORM = '@mikro-orm/core';
const SQL = '@mikro-orm/sql';

/** What is wrong with the packages of MikroORM that the application has. */
export async function versionNotes(
  root: string,
  packageManager: PackageManager,
  fs: FileSystem,
): Promise<readonly string[]> {
  const needed = await neededVersion(fs);
  const installed = await record(join(root, 'node_modules', ORM, 'package.json'), fs);
  const version = typeof installed['version'] === 'string' ? installed['version'] : undefined;
  if (needed === undefined) return [];
  if (version !== undefined && isOlder(version, needed)) {
    return [
      `${ORM} is ${version}, and nest-migrate needs ${needed} or newer: bring all packages of MikroORM to one version.`,
    ];
  }
  // pnpm links the driver's own packages for the driver alone
  if (version === undefined || canLoad(SQL)) return [];
  const add = packageManager === 'npm' ? 'install' : 'add';
  return [`${SQL} is missing: ${packageManager} ${add} ${SQL}@${version}`];
}

/** The oldest version of MikroORM that this package works with, as its package.json says. */
async function neededVersion(fs: FileSystem): Promise<string | undefined> {
  const { peerDependencies } = await record(join(import.meta.dirname, '..', '..', 'package.json'), fs);
  const range = isRecord(peerDependencies) ? peerDependencies[ORM] : undefined;
  return typeof range === 'string' ? range.replace(/^\D+/, '') : undefined;
}

function isOlder(version: string, needed: string): boolean {
  const numbers = (text: string): number[] => text.split(/[.-]/).slice(0, 3).map(Number);
  const [have, want] = [numbers(version), numbers(needed)];
  const at = have.findIndex((number, index) => number !== want[index]);
  return at !== -1 && have[at] < want[at];
}

function canLoad(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // what only ES modules may load is there as well
    return errorFields(error).code !== 'MODULE_NOT_FOUND';
  }
}

async function record(path: string, fs: FileSystem): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJsonWithComments(path, fs);
  return isRecord(value) ? value : {};
}

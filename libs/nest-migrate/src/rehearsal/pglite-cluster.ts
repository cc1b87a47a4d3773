import { createHash } from 'node:crypto';
import { type Options, Utils } from '@mikro-orm/sql';
import { installedVersion } from '../script/installed-version.js';

/** The application's options for PGlite (extensions, say) without what says where the data is. */
export function instanceOptions(orm: Partial<Options>): Readonly<Record<string, unknown>> {
  const { pglite: _pglite, dataDir: _dataDir, ...given } = (orm.driverOptions ?? {}) as Record<string, unknown>;
  return given;
}

/** Everything that a new and empty PGlite depends on, as a text; options that are functions do not count. */
async function clusterText(orm: Partial<Options>, cwd: string): Promise<string> {
  const { extensions, ...options } = instanceOptions(orm);
  // null where it is not found: the version of MikroORM has to do
  const version = await installedVersion(['@mikro-orm/pglite', '@electric-sql/pglite'], cwd);
  return JSON.stringify([Utils.getORMVersion(), version, Object.keys(extensions ?? {}), sorted(options)]);
}

/**
 * What {@link clusterText} says, as a name for a file; `undefined` where an option's content is not in that text, such
 * as a tarball.
 */
export async function clusterKey(orm: Partial<Options>, cwd: string): Promise<string | undefined> {
  const { extensions: _, parsers: _parsers, serializers: _serializers, ...options } = instanceOptions(orm);
  if (!isPlain(options)) return undefined;
  return createHash('sha256')
    .update(await clusterText(orm, cwd))
    .digest('hex');
}

function sorted(options: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

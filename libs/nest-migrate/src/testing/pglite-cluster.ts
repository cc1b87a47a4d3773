import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Options, Utils } from '@mikro-orm/sql';

/** The application's options for PGlite (extensions, say) without what says where the data is. */
export function instanceOptions(orm: Partial<Options>): Readonly<Record<string, unknown>> {
  const { pglite: _pglite, dataDir: _dataDir, ...given } = (orm.driverOptions ?? {}) as Record<string, unknown>;
  return given;
}

/** Everything that a new and empty PGlite depends on, as a text; options that are functions do not count. */
export function clusterText(orm: Partial<Options>, cwd: string): string {
  const { extensions, ...options } = instanceOptions(orm);
  return JSON.stringify([Utils.getORMVersion(), pgliteVersion(cwd), Object.keys(extensions ?? {}), sorted(options)]);
}

/**
 * What {@link clusterText} says, as a name for a file; `undefined` where an option's content is not in that text, such
 * as a tarball.
 */
export function clusterKey(orm: Partial<Options>, cwd: string): string | undefined {
  const { extensions: _, parsers: _parsers, serializers: _serializers, ...options } = instanceOptions(orm);
  if (!isPlain(options)) return undefined;
  return createHash('sha256').update(clusterText(orm, cwd)).digest('hex');
}

function sorted(options: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

/** The version that the application's driver brings; `null` where it is not found, and MikroORM's own has to do. */
function pgliteVersion(cwd: string): string | null {
  try {
    const driver = createRequire(join(cwd, 'any.js')).resolve('@mikro-orm/pglite/package.json');
    const entry = createRequire(driver).resolve('@electric-sql/pglite');
    // its own package.json is not among its exports
    const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    return version;
  } catch {
    return null;
  }
}

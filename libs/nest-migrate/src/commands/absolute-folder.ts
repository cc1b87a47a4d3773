import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder as an absolute path. */
export function folder(location: string | URL, base: string): string {
  if (location instanceof URL) return fileURLToPath(location);
  if (location.startsWith('file://')) return fileURLToPath(location);
  return isAbsolute(location) ? location : resolve(base, location);
}

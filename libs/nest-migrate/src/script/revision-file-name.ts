import { InvalidOptionError } from '../errors/configuration.errors.js';
import type { CreationTime } from './creation-time.js';
import { isRevisionFileName } from './script-directory.js';

/** What is left to a file name of the 255 bytes that file systems allow, with room for an extension. */
const MAXIMUM_BYTES = 240;
const TOKEN = /%{1,2}\((\w+)\)(?:\.?(\d+))?[sd]|%%/g;

/**
 * The name of a new revision's file, with `.ts`. Tokens are Alembic's: `%(rev)s`, `%(slug)s`, `%(epoch)s`, `%(year)d`,
 * `%(month).2d`, `%(day).2d`, `%(hour).2d`, `%(minute).2d`, `%(second).2d`; a doubled per cent sign, as ini files need
 * it, is the same.
 *
 * Whatever comes in, the name stays in its folder and is one that the script directory finds again.
 */
export function revisionFileName(
  fileTemplate: string,
  values: { readonly revision: string; readonly slug: string; readonly time: CreationTime },
): string {
  const { revision, slug, time } = values;
  const tokens = new Map<string, string | number>([
    ['rev', revision],
    ['slug', slug],
    ...(['epoch', 'year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((name): [string, number] => [
      name,
      time[name],
    ]),
  ]);
  const name = fileTemplate.replace(TOKEN, (token: string, key: string | undefined, width: string | undefined) => {
    if (key === undefined) return '%';
    const value = tokens.get(key);
    if (value !== undefined) return String(value).padStart(Number(width ?? 0), '0');
    const cure = `Tokens are ${[...tokens.keys()].join(', ')}.`;
    throw new InvalidOptionError('fileTemplate', `has an unknown token: ${token}`, cure);
  });
  const safe = withinBytes(
    name.replace(/[\p{Cc}\p{Cs}/\\:*?"<>|]/gu, '_').replace(/^[.\s]|[.\s]$/g, '_'),
    MAXIMUM_BYTES,
  );
  const file = `${safe === '' ? '_' : safe}.ts`;
  return isRevisionFileName(file) ? file : `${safe.replaceAll('.', '_')}.ts`;
}

function withinBytes(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name;
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

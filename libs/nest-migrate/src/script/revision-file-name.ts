import { InvalidOptionError } from '../errors/configuration.errors.js';
import type { CreationTime } from './creation-time.js';
import type { RevisionExtension } from './templates.js';
import { isRevisionFileName, isRevisionFolderName } from './version-locations.js';

/** The bytes that a file name may have: file systems allow 255, less room for an extension. */
const MAXIMUM_BYTES = 240;
/** Python's printf tokens, as far as Alembic's templates use them: `%(name)s`, `%(name).2d`, `%(name)04d`, `%%`. */
const TOKEN = /%{1,2}\((\w*)\)(\d+)?(?:\.(\d+))?([sd])|%%/g;
/** Names that Windows treats as a device, whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
const TIMES = ['epoch', 'year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** The values that a name is made of. */
export interface FileNameValues {
  readonly revision: string;
  readonly slug: string;
  readonly time: CreationTime;
  readonly extension: RevisionExtension;
}

/**
 * The name of a new revision's file. Tokens are Alembic's: `%(rev)s`, `%(slug)s`, `%(epoch)s`, `%(year)d`,
 * `%(month).2d`, `%(day).2d`, `%(hour).2d`, `%(minute).2d`, `%(second).2d`. A doubled per cent sign, as ini files need
 * it, means the same. A slash makes a sub-folder.
 *
 * Whatever the values are, the file stays in its folder and has a name that the script directory finds again.
 *
 * @throws InvalidOptionError for an unknown token, or for sub-folders in which revisions are not searched.
 */
export function revisionFileName(fileTemplate: string, { revision, slug, time, extension }: FileNameValues): string {
  checkFileTemplate(fileTemplate);
  const tokens = new Map<string, string | number>([
    ['rev', revision],
    ['slug', slug],
    ...TIMES.map((name): [string, number] => [name, time[name]]),
  ]);
  const parts = fileTemplate
    .split('/')
    .map((part) => part.replace(TOKEN, (token) => filledToken(token, tokens)))
    .map(safePart);
  const name = parts.pop() ?? '';
  const file = isRevisionFileName(name + extension) ? name : name.replaceAll('.', '_');
  return [...parts.map((part) => (isRevisionFolderName(part) ? part : `${part}_`)), file + extension].join('/');
}

/** Checks a template without its values. @throws InvalidOptionError */
export function checkFileTemplate(fileTemplate: string): void {
  const invalid = (problem: string, cure: string): InvalidOptionError =>
    new InvalidOptionError('fileTemplate', problem, cure);
  const known = ['rev', 'slug', ...TIMES];
  for (const [token, name] of fileTemplate.matchAll(TOKEN)) {
    if (name === undefined || known.includes(name)) continue;
    throw invalid(`has an unknown token: ${token}`, `Tokens are ${known.join(', ')}.`);
  }
  for (const part of fileTemplate.split('/')) {
    if (part.trim() === '' || /^\.+$/.test(part)) {
      throw invalid(
        `is no path within a version location: '${fileTemplate}'`,
        "Use names, with '/' only between them.",
      );
    }
    if (isRevisionFolderName(part)) continue;
    throw invalid(`puts revisions where none are looked for: '${part}'`, "Use a name that does not begin with '.'.");
  }
}

function filledToken(token: string, values: ReadonlyMap<string, string | number>): string {
  const [, name, width, precision, type] = new RegExp(TOKEN.source).exec(token) ?? [];
  if (name === undefined) return '%';
  let text = String(values.get(name) ?? '');
  if (type === 'd') text = text.padStart(Number(precision ?? 0), '0');
  else if (precision !== undefined) text = [...text].slice(0, Number(precision)).join('');
  return text.padStart(Number(width ?? 0), '0');
}

/** A part of a path, changed into a name that every file system allows and that does not lead to another folder. */
function safePart(part: string): string {
  const name = part
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, '_')
    .replace(/^[.\s]|[.\s]$/g, '_')
    .replace(DEVICE, '$&_');
  return withinBytes(name, MAXIMUM_BYTES) || '_';
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

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  RevisionFileExistsError,
  RevisionFileInvalidError,
  RevisionFileSyntaxError,
  RevisionNotWrittenError,
  VersionPathUnknownError,
} from '../errors/script.errors.js';
import { creationTime } from './creation-time.js';
import { type FileSystem, isFileSystemError } from './file-system.js';
import { readConstants } from './revision-constants.js';
import { revisionFileName } from './revision-file-name.js';
import { importRevision } from './revision-module.js';
import { constantsOf, toRevisionScript } from './revision-script.js';
import { fillTemplate } from './revision-template.js';
import type { ScriptDirectory } from './script-directory.js';
import { slugOf } from './slug.js';
import { revisionTemplate, TEMPLATE_FILE } from './templates.js';

/** What a new revision script says. */
export interface RevisionContent {
  readonly revision: string;
  readonly downRevision: readonly string[];
  readonly dependsOn: readonly string[];
  readonly branchLabels: readonly string[];
  readonly message: string;
  /** ISO 8601 with offset. */
  readonly createDate: string;
  /** The body of `upgrade`, in TypeScript, not indented; as a whole or as lines. Empty: nothing to do. */
  readonly upgrade: string | readonly string[];
  readonly downgrade: string | readonly string[];
}

/** A template and what errors call it, usually its file. */
export interface RevisionTemplate {
  readonly name: string;
  readonly text: string;
}

/** Where and how a new revision is written. */
export interface WriteRevisionOptions extends Omit<RevisionContent, 'createDate'> {
  readonly directory: ScriptDirectory;
  readonly fs: FileSystem;
  /** The clock's time. */
  readonly now: Date;
  /** Time zone of `createDate` and of the file name. Default 'UTC'. */
  readonly timezone?: string;
  /** Default `%(rev)s_%(slug)s`. */
  readonly fileTemplate?: string;
  /** Default 40. */
  readonly truncateSlugLength?: number;
  /** One of the directory's version locations, absolute. Default: the first. */
  readonly versionPath?: string;
}

const BUILT_IN: RevisionTemplate = { name: 'of nest-migrate', text: revisionTemplate };

/** Uses its parameter, so that neither the compiler nor a linter complains before somebody fills it in. */
const EMPTY_BODY = 'void op; // nothing to do';

/** The text of a revision script. */
export function renderRevision(content: RevisionContent, template: RevisionTemplate = BUILT_IN): string {
  const constants: readonly (readonly [string, string | readonly string[]])[] = [
    ['revision', content.revision],
    ['downRevision', content.downRevision],
    ['branchLabels', content.branchLabels],
    ['dependsOn', content.dependsOn],
    ['message', content.message],
    ['createDate', content.createDate],
  ];
  return fillTemplate(template.text, template.name, {
    blocks: {
      constants: constants.map(([name, value]) => `export const ${name} = ${literal(value)};`).join('\n'),
      upgrade: body(content.upgrade),
      downgrade: body(content.downgrade),
    },
    comments: {
      message: content.message.trim() === '' ? 'empty message' : content.message,
      revision: content.revision,
      revises: content.downRevision.length === 0 ? '<base>' : content.downRevision.join(', '),
      createDate: content.createDate,
    },
  });
}

/**
 * Writes a new revision script, after checking that what was rendered loads and says what it should. Nothing is ever
 * overwritten, and no file is left where it fails.
 *
 * @returns the file's absolute path.
 * @throws RevisionFileExistsError, RevisionNotWrittenError, TemplateInvalidError, VersionPathUnknownError,
 * InvalidOptionError
 */
export async function writeRevision(options: WriteRevisionOptions): Promise<string> {
  const { directory, fs, timezone = 'UTC', fileTemplate = '%(rev)s_%(slug)s', truncateSlugLength = 40 } = options;
  const time = creationTime(options.now, timezone);
  const folder = await versionLocation(directory, fs, options.versionPath);
  const slug = slugOf(options.message, truncateSlugLength || 40);
  const path = join(folder, revisionFileName(fileTemplate, { revision: options.revision, slug, time }));
  const content: RevisionContent = { ...options, createDate: time.iso };
  const template = await templateOf(directory, fs);
  const text = renderRevision(content, template);

  if (await fs.exists(path)) throw new RevisionFileExistsError(path, undefined);
  await verify(text, { content, template, path, folder, fs, runs: directory.runsTypeScript });
  try {
    await fs.writeNew(path, text);
  } catch (error) {
    if (isFileSystemError(error, 'EEXIST')) throw new RevisionFileExistsError(path, error);
    await fs.remove(path);
    throw error;
  }
  return path;
}

async function versionLocation(directory: ScriptDirectory, fs: FileSystem, path?: string): Promise<string> {
  const { versionLocations } = directory;
  if (path === undefined) return versionLocations[0] ?? directory.path;
  const real = (await fs.exists(path)) ? await fs.realPath(path) : path;
  for (const location of versionLocations) if ((await fs.realPath(location)) === real) return location;
  throw new VersionPathUnknownError(path, versionLocations);
}

async function templateOf(directory: ScriptDirectory, fs: FileSystem): Promise<RevisionTemplate> {
  const path = join(directory.path, TEMPLATE_FILE);
  return (await fs.exists(path)) ? { name: path, text: await fs.readText(path) } : BUILT_IN;
}

interface Verification {
  readonly content: RevisionContent;
  readonly template: RevisionTemplate;
  readonly path: string;
  readonly folder: string;
  readonly fs: FileSystem;
  readonly runs: boolean;
}

/**
 * Reads the text back as the script directory would, and loads it: as a copy under a name of its own (hidden, so that
 * nobody takes it for a revision), since what has been imported once would be old when the user has edited the file.
 */
async function verify(text: string, { content, template, path, folder, fs, runs }: Verification): Promise<void> {
  const expected = JSON.stringify(toRevisionScript('', { ...content }));
  const check = (constants: Readonly<Record<string, unknown>>): void => {
    const found = JSON.stringify({ ...toRevisionScript('', constants), path: '' });
    if (found !== expected) throw new RevisionFileInvalidError(path, `says ${found} instead of ${expected}`);
  };
  const copy = join(folder, `.${randomUUID()}.ts`);
  try {
    const constants = readConstants(text);
    if (constants !== 'unknown') check(constants);
    if (!runs) return;
    await fs.writeNew(copy, text);
    const exports = await importRevision(copy, fs);
    check(constantsOf(exports));
    for (const name of ['upgrade', 'downgrade']) {
      if (exports[name] === undefined) throw new RevisionFileInvalidError(path, `exports no '${name}'`);
    }
  } catch (cause) {
    if (!(cause instanceof RevisionFileInvalidError || cause instanceof RevisionFileSyntaxError)) throw cause;
    throw new RevisionNotWrittenError(path, `with the template ${template.name} it ${cause.problem}`, { cause });
  } finally {
    await fs.remove(copy);
  }
}

function body(lines: string | readonly string[]): string {
  const text = (typeof lines === 'string' ? lines : lines.join('\n')).replace(/^\n+|\s+$/g, '');
  return text === '' ? EMPTY_BODY : text;
}

/** No names are null, one name is a string: as people write it. */
function literal(value: string | readonly string[]): string {
  if (typeof value === 'string') return stringLiteral(value);
  const [first, ...others] = value;
  if (first === undefined) return 'null';
  return others.length === 0 ? stringLiteral(first) : `[${value.map(stringLiteral).join(', ')}]`;
}

/** Everything that could end the literal, get lost in a file or look like something else. */
const ESCAPED = /['\\\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function stringLiteral(text: string): string {
  const escaped = text.replace(
    ESCAPED,
    (character) => SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

import { dirname, join } from 'node:path';
import {
  RevisionFileExistsError,
  RevisionFileInvalidError,
  RevisionFileSyntaxError,
  RevisionNotWrittenError,
} from '../errors/script.errors.js';
import { creationTime } from './creation-time.js';
import { directoryTemplate } from './directory-template.js';
import { type FileSystem, isFileSystemError } from './file-system.js';
import { renderRevision, type RevisionContent } from './render-revision.js';
import { checkRevisionText, type RevisionCheck } from './revision-check.js';
import { revisionFileName } from './revision-file-name.js';
import type { ScriptDirectory } from './script-directory.js';
import { slugOf } from './slug.js';

export type { RevisionBody, RevisionContent, RevisionTemplate } from './render-revision.js';

/** Where and how a new revision is written. */
export interface WriteRevisionOptions extends Omit<RevisionContent, 'createDate'> {
  readonly directory: ScriptDirectory;
  readonly fs: FileSystem;
  /** The current time. */
  readonly now: Date;
  /** Time zone of `createDate` and of the file name. Default 'UTC'. */
  readonly timezone?: string;
  /** Default `%(rev)s_%(slug)s`. */
  readonly fileTemplate?: string;
  /** Default 40. */
  readonly truncateSlugLength?: number;
  /** One of the directory's version locations or a folder in it, absolute. Default: where `follows` is. */
  readonly versionPath?: string;
  /** The file of the revision that it follows; absent for a new base. */
  readonly follows?: string;
}

/** A new revision's file. */
export interface WrittenRevision {
  /** Absolute. */
  readonly path: string;
  /**
   * Checks the file after other programs may have changed it. If it is no longer the revision that was asked for,
   * restores its original text and returns what was wrong; otherwise returns null.
   */
  readonly restore: () => Promise<string | null>;
}

/** As {@link writeRevisionFile}. @returns the file's absolute path. */
export async function writeRevision(options: WriteRevisionOptions): Promise<string> {
  return (await writeRevisionFile(options)).path;
}

/**
 * Writes a new revision script, after checking that the rendered text loads and contains what it should. An existing
 * file is never overwritten. Where it fails, no file is left.
 *
 * @throws RevisionFileExistsError, RevisionNotWrittenError, TemplateInvalidError, VersionPathUnknownError,
 * VersionPathRequiredError, InvalidOptionError
 */
export async function writeRevisionFile(options: WriteRevisionOptions): Promise<WrittenRevision> {
  const { directory, fs, timezone = 'UTC', fileTemplate = '%(rev)s_%(slug)s', truncateSlugLength = 40 } = options;
  const time = creationTime(options.now, timezone);
  const template = await directoryTemplate(directory.path, fs);
  const slug = slugOf(options.message, truncateSlugLength || 40);
  const { extension } = template;
  const name = revisionFileName(fileTemplate, { revision: options.revision, slug, time, extension });
  const path = join(await directory.folderFor(options.versionPath, options.follows), name);
  const content: RevisionContent = { ...options, createDate: time.iso };
  const text = renderRevision(content, template);

  const taken = await directory.takenBy(path);
  if (taken !== undefined) throw new RevisionFileExistsError(taken, undefined);
  await fs.makeFolder(dirname(path));
  const check = { content, path, fs, runsTypeScript: directory.runsTypeScript };
  const flaw = await flawOf({ ...check, text });
  if (flaw !== null) {
    const reason = `with the template ${template.name} it ${flaw.problem}`;
    throw new RevisionNotWrittenError(path, reason, { cause: flaw });
  }
  try {
    await fs.writeNew(path, text);
  } catch (error) {
    if (isFileSystemError(error, 'EEXIST')) throw new RevisionFileExistsError(path, error);
    await fs.remove(path);
    throw error;
  }
  const restore = async (): Promise<string | null> => {
    const now = (await fs.exists(path)) ? await fs.readText(path) : null;
    const damage = now === null ? 'is gone' : ((await flawOf({ ...check, text: now }))?.problem ?? null);
    if (damage === null) return null;
    await fs.remove(path);
    await fs.writeNew(path, text);
    return damage;
  };
  return { path, restore };
}

/** The error in the text of a revision; null if it is what was asked for. */
async function flawOf(check: RevisionCheck): Promise<RevisionFileInvalidError | RevisionFileSyntaxError | null> {
  try {
    await checkRevisionText(check);
    return null;
  } catch (error) {
    if (error instanceof RevisionFileInvalidError || error instanceof RevisionFileSyntaxError) return error;
    throw error;
  }
}

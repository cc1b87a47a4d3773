import { join } from 'node:path';
import { TemplateInvalidError } from '../errors/script.errors.js';
import type { FileSystem } from './file-system.js';
import { formOf, type RevisionTemplate } from './render-revision.js';
import { type RevisionExtension, revisionTemplate, TEMPLATE_FILES } from './templates.js';

/** The template of a script directory. */
export interface DirectoryTemplate extends RevisionTemplate {
  /** The extension of the files that are written with it. */
  readonly extension: RevisionExtension;
  /** Whether `upgrade` and `downgrade` are functions or, where several connections share it, records of functions. */
  readonly form: 'function' | 'byConnection';
}

/**
 * The template of a script directory, or else the one that `init` would give it. The file's name decides what is
 * written with it: `revision.template` is for TypeScript, `revision.js.template` for JavaScript.
 *
 * @throws TemplateInvalidError if there are two.
 */
export async function directoryTemplate(directory: string, fs: FileSystem): Promise<DirectoryTemplate> {
  const found: (readonly [string, RevisionExtension])[] = [];
  for (const [name, extension] of TEMPLATE_FILES) {
    const path = join(directory, name);
    if (await fs.exists(path)) found.push([path, extension]);
  }
  const [first, second] = found;
  if (first === undefined) {
    return { name: 'of nest-migrate', text: revisionTemplate, extension: '.ts', form: 'function' };
  }
  const [name, extension] = first;
  if (second !== undefined) {
    throw new TemplateInvalidError(name, `is one of two: there is ${second[0]} as well`, 'Remove one of them.');
  }
  const template = { name, text: await fs.readText(name) };
  return { ...template, extension, form: formOf(template) };
}

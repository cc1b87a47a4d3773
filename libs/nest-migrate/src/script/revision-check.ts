import { randomUUID } from 'node:crypto';
import { dirname, extname, join } from 'node:path';
import { RevisionFileInvalidError } from '../errors/script.errors.js';
import { isJavaScriptFile } from './compiled-constants.js';
import type { FileSystem } from './file-system.js';
import { isByConnection, type RevisionContent } from './render-revision.js';
import { readConstants } from './revision-constants.js';
import { importRevision } from './revision-module.js';
import { constantsOf, toRevisionScript } from './revision-script.js';

/** What to check a revision's text against. */
export interface RevisionCheck {
  readonly text: string;
  readonly content: RevisionContent;
  /** The file that has the text, or will have it. */
  readonly path: string;
  readonly fs: FileSystem;
  /** Whether this process can import `.ts`. */
  readonly runsTypeScript: boolean;
}

/**
 * Reads the text as the script directory would, and loads it. It loads a copy under its own name: a module that was
 * once imported would be out of date after the user has edited the file. The copy is a hidden file, so that it is not
 * taken for a revision.
 *
 * @throws RevisionFileInvalidError, RevisionFileSyntaxError where the text does not load or lacks what it should
 * contain.
 */
export async function checkRevisionText(options: RevisionCheck): Promise<void> {
  const { text, content, path, fs } = options;
  const expected = JSON.stringify(toRevisionScript('', { ...content }));
  const check = (constants: Readonly<Record<string, unknown>>): void => {
    const found = JSON.stringify({ ...toRevisionScript('', constants), path: '' });
    if (found !== expected) throw new RevisionFileInvalidError(path, `says ${found} instead of ${expected}`);
  };
  const constants = readConstants(text);
  if (constants !== 'unknown') check(constants);
  if (!options.runsTypeScript && !isJavaScriptFile(path)) return;
  const copy = join(dirname(path), `.${randomUUID()}${extname(path)}`);
  try {
    await fs.writeNew(copy, text);
    const exports = await importRevision(copy, fs);
    check(constantsOf(exports));
    for (const name of ['upgrade', 'downgrade'] as const) checkFunctions(exports[name], content[name], name, path);
  } finally {
    await fs.remove(copy);
  }
}

function checkFunctions(exported: unknown, bodies: RevisionContent['upgrade'], name: string, path: string): void {
  if (exported === undefined) throw new RevisionFileInvalidError(path, `exports no '${name}'`);
  if (!isByConnection(bodies)) return;
  const lost = Object.keys(bodies).filter((connection) => !Object.hasOwn(Object(exported) as object, connection));
  if (lost.length > 0) throw new RevisionFileInvalidError(path, `exports no '${name}' for ${lost.join(', ')}`);
}

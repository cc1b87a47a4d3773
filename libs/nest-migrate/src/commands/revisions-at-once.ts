import { join } from 'node:path';
import { MigrationError } from '../errors/migration.error.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { filesAtOnce, nodeFileSystem } from '../script/file-system.js';
import { readConstants } from '../script/revision-constants.js';
import { type RevisionHead, toRevisionScript } from '../script/revision-script.js';
import {
  inCodePointOrder,
  isRevisionFileName,
  isRevisionFolderName,
  withoutTwins,
} from '../script/version-locations.js';

/** A revision as its file tells without being run. */
export interface RevisionAtOnce {
  /** Its id; `null` where only running the file would tell it. */
  readonly id: string | null;
  readonly message: string;
  /** The services that it asks for. */
  readonly services: readonly string[];
  /** The file, absolute. */
  readonly path: string;
}

/**
 * The revisions in folders, in an order in which they can be applied. It waits for nothing: a test runner wants to know
 * its tests at once. What is wrong with a file or with the history is left to those who read it properly.
 *
 * @param folders The version locations, absolute.
 */
export function revisionsAtOnce(folders: readonly string[]): readonly RevisionAtOnce[] {
  const known = new Set<string>();
  const heads = folders.flatMap((folder) => filesIn(folder, known)).map(headOf);
  try {
    const graph = RevisionGraph.of(heads.filter((head) => 'downRevision' in head));
    const rest = heads.filter((head) => !('downRevision' in head));
    return [...graph.oldestFirst.map((id) => graph.get(id)), ...rest];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return heads;
  }
}

/** The files of a folder and those below it. No folder is searched twice, whatever links lead to it. */
function filesIn(folder: string, known: Set<string>): readonly string[] {
  const real = nodeFileSystem.location(folder);
  if (known.has(real)) return [];
  known.add(real);
  const entries = filesAtOnce.list(folder);
  const names = (kind: 'file' | 'folder'): readonly string[] =>
    entries.filter((entry) => entry.kind === kind).map(({ name }) => name);
  const files = inCodePointOrder(withoutTwins(names('file').filter(isRevisionFileName), true));
  const folders = inCodePointOrder(names('folder').filter(isRevisionFolderName));
  return [...files.map((name) => join(folder, name)), ...folders.flatMap((name) => filesIn(join(folder, name), known))];
}

function headOf(path: string): RevisionHead | RevisionAtOnce {
  const constants = readConstants(filesAtOnce.readText(path));
  if (constants === 'unknown') return { id: null, message: '', services: [], path };
  try {
    return toRevisionScript(path, constants);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { id: null, message: '', services: [], path };
  }
}

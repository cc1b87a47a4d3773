import { basename, dirname, join, relative, sep } from 'node:path';
import { type ImportedMigration, type ImportedStatement, type ImportedWork } from '../import/imported-history.js';
import { relativeImports } from '../import/migration-files.js';
import { frozen } from '../operations/frozen.js';
import { type ExecuteOperation } from '../operations/operation.js';
import { encodeValue } from '../operations/value.js';
import { RevisionFileExistsError } from '../errors/script.errors.js';
import { directoryTemplate } from '../script/directory-template.js';
import { indent } from '../script/revision-template.js';
import { type FileSystem, isFileSystemError } from '../script/file-system.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { keepHeads } from './published-revisions.js';
import { renderBody } from './render-item.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';
import { bodyOf, runHooks, writeScript } from './write-revisions.js';

/** A revision that a migration becomes. */
export interface RevisionToImport {
  readonly id: string;
  readonly downRevision: readonly string[];
  readonly message: string;
  /** When it was written, where that is known. */
  readonly now: Date | undefined;
  readonly importedFrom: string;
  readonly migration: ImportedMigration;
}

/** What is written as drafts. */
export interface Drafts {
  readonly scripts: RevisionScripts;
  readonly fresh: readonly RevisionToImport[];
  /** Whether the copies of classes stay when the work is done. */
  readonly keeps: boolean;
}

/**
 * Writes revisions to a folder beside the others, which is a version location for the time of the work alone: so no other
 * process takes one for a revision that is not proven yet. The copies of the classes that they call stay where the
 * revisions are kept.
 */
export async function withDrafts<T extends { readonly created: readonly RevisionInfo[] }>(
  context: CommandContext,
  common: Common,
  { scripts, fresh, keeps }: Drafts,
  work: (drafts: CommandContext, seen: RevisionScripts) => Promise<T>,
): Promise<T> {
  const { directory } = scripts;
  const { fileSystem: fs } = context;
  const beside = join(directory.path, `.import-${fresh[0]?.id ?? ''}`);
  const drafts: CommandContext = {
    ...context,
    options: {
      ...context.options,
      directory: directory.path,
      versionLocations: [...directory.versionLocations, beside],
    },
  };
  const { signal, xArguments } = common;
  const copies = await copyClasses(context, scripts, fresh);
  let keptCopies = false;
  try {
    await fs.removeFolder(beside);
    const opened = await readScripts(drafts, { signal, xArguments, versionPath: beside });
    for (const revision of fresh) await writeImported(context, opened, { revision, folder: beside });
    const result = await work(drafts, await readScripts(drafts, { signal, xArguments }));
    keptCopies = keeps && result.created.length > 0;
    return result;
  } finally {
    await fs.removeFolder(beside);
    if (!keptCopies) for (const path of copies) await fs.remove(path);
    const classes = classesFolder(directory.path);
    const isEmpty = (await fs.exists(classes)) && (await fs.list(classes)).length === 0;
    if (isEmpty) await fs.removeFolder(classes);
  }
}

/** Writes the revisions to where revisions belong. Where one cannot be written, none is left. */
export async function publishImported(
  context: CommandContext,
  scripts: RevisionScripts,
  common: Common,
  fresh: readonly RevisionToImport[],
): Promise<readonly RevisionInfo[]> {
  const { graph, directory } = scripts;
  const [first] = fresh;
  const follows = graph.script(first?.downRevision[0] ?? '')?.path;
  const folder = await directory.folderFor(undefined, follows);
  const files: Awaited<ReturnType<typeof writeScript>>[] = [];
  try {
    for (const revision of fresh) files.push(await writeImported(context, scripts, { revision, folder }));
  } catch (error) {
    for (const { path } of files) await context.fileSystem.remove(path);
    throw error;
  }
  for (const file of files) await runHooks(context, scripts, common, file);
  const after = await readScripts(context, common);
  await keepHeads(context, after);
  return fresh.map(({ id }) => revisionInfo(after, id));
}

async function writeImported(
  context: CommandContext,
  scripts: RevisionScripts,
  { revision, folder }: { readonly revision: RevisionToImport; readonly folder: string },
): ReturnType<typeof writeScript> {
  const { id, downRevision, message, now, importedFrom, migration } = revision;
  const { path: directory } = scripts.directory;
  const { form } = await directoryTemplate(directory, context.fileSystem);
  const imports = new Set<string>();
  const about = { directory, folder, imports };
  const body = async (direction: 'upgrade' | 'downgrade'): Promise<Parameters<typeof bodyOf>[1]> => [
    [context.connection, await textOf(context, migration, direction, about)],
  ];
  const { down } = migration;
  const bodies = {
    upgrade: bodyOf(context, await body('upgrade'), form),
    downgrade: bodyOf(context, await body('downgrade'), form),
    imports: [...imports],
    irreversible: 'reason' in down && down.kind !== 'class' ? down.reason : undefined,
    importedFrom,
  };
  return writeScript(context, scripts, {
    directive: { revId: id, message, versionPath: folder },
    placement: { downRevision, dependsOn: [], branchLabels: [] },
    bodies,
    follows: undefined,
    now,
  });
}

interface TextOptions {
  readonly directory: string;
  /** The folder of the revision. */
  readonly folder: string;
  readonly imports: Set<string>;
}

/** The body of a function. */
async function textOf(
  context: CommandContext,
  migration: ImportedMigration,
  direction: 'upgrade' | 'downgrade',
  about: TextOptions,
): Promise<string> {
  const { connection, options } = context;
  const work: ImportedWork = direction === 'upgrade' ? migration.up : migration.down;
  if (work.kind === 'class') return callOf(context, migration, { ...about, direction, reason: work.reason });
  if (work.kind !== 'sql' || work.statements.length === 0) return '';
  const { imports } = about;
  const text = renderBody(work.statements.map(operationOf), { direction, connection, imports }, options);
  const { capabilities } = databaseOf(context).engine;
  if (migration.isTransactional || !capabilities.transactionalDdl) return text;
  return `await op.autocommitBlock(async (op) => {\n${indent(text, '  ')}});\n`;
}

function operationOf({ sql, params }: ImportedStatement): ExecuteOperation {
  return frozen({ kind: 'execute', sql, params: params.map(encodeValue) });
}

/** A call of the class, as MikroORM's own migrator calls it. */
async function callOf(
  { fileSystem: fs }: CommandContext,
  { file = '', exportName = 'default' }: ImportedMigration,
  about: TextOptions & { readonly direction: 'upgrade' | 'downgrade'; readonly reason: string },
): Promise<string> {
  const { directory, folder, imports, direction, reason } = about;
  const target = await calledFile(file, directory, fs);
  const path = relative(folder, target).split(sep).join('/');
  const name = exportName === 'default' ? 'Imported' : exportName;
  imports.add(
    `import ${exportName === 'default' ? name : `{ ${name} }`} from '${path.startsWith('.') ? path : `./${path}`}';`,
  );
  return `// It ${reason}, so the class itself does its work.
await op.transaction(async ({ em }) => {
  const migration = new ${name}(em.getDriver(), em.config);
  migration.setTransactionContext(em.getTransactionContext());
  await migration.${direction === 'upgrade' ? 'up' : 'down'}();
  for (const query of migration.getQueries()) await migration.execute(query);
});
`;
}

/** The file that a revision imports a class from: a copy, unless the class needs the files around it. */
export async function calledFile(file: string, directory: string, fs: FileSystem): Promise<string> {
  return (await isAlone(file, fs)) ? copyOf(file, await fs.readText(file), directory) : file;
}

/** Whether a file imports packages alone, so that a copy of it does the same in another folder. */
async function isAlone(file: string, fs: FileSystem): Promise<boolean> {
  return relativeImports(await fs.readText(file)).length === 0;
}

/** Where the classes are that revisions call. */
function classesFolder(directory: string): string {
  return join(directory, 'imported');
}

/** The path of a copy. The folder is one of ES modules, so that CommonJS needs another ending. */
function copyOf(file: string, text: string, directory: string): string {
  const isCommonJs = file.endsWith('.js') && !/^\s*(?:import|export)\b/m.test(text);
  return join(classesFolder(directory), basename(isCommonJs ? file.replace(/\.js$/, '.cjs') : file));
}

/**
 * Copies the classes that revisions call to a folder beside the revisions, which ships with them.
 *
 * @returns the files that were written.
 * @throws RevisionFileExistsError where another file of the name is there.
 */
async function copyClasses(
  { fileSystem: fs }: CommandContext,
  { directory }: RevisionScripts,
  fresh: readonly RevisionToImport[],
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { migration } of fresh) {
    const { file, up, down } = migration;
    if (file === undefined || (up.kind !== 'class' && down.kind !== 'class')) continue;
    if (!(await isAlone(file, fs))) continue;
    const text = await fs.readText(file);
    const path = copyOf(file, text, directory.path);
    await fs.makeFolder(dirname(path));
    try {
      await fs.writeNew(path, text);
      written.push(path);
    } catch (error) {
      if (!isFileSystemError(error, 'EEXIST')) throw error;
      if ((await fs.readText(path)) === text) continue;
      for (const each of written) await fs.remove(each);
      throw new RevisionFileExistsError(path, error);
    }
  }
  return written;
}

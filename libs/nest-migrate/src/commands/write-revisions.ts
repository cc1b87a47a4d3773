import { type AlterationBatch, type AlterationBatches } from '../autogenerate/schema-comparison.js';
import { type OnlineWriter } from '../engines/online/online.js';
import { isTableAlteration } from '../operations/all.js';
import { requestedPlacement } from '../revision/requested-placement.js';
import { type Revision } from '../revision/revision-node.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { type DirectoryTemplate, directoryTemplate } from '../script/directory-template.js';
import { runPostWriteHooks } from '../script/post-write-hooks.js';
import { type RevisionContent, type WrittenRevision, writeRevisionFile } from '../script/revision-writer.js';
import { emitter, type FilesContext } from './command-context.js';
import { type NewRevision } from './new-revision.js';
import { keepHeads } from './published-revisions.js';
import { renderBody } from './render-item.js';
import { folder } from './absolute-folder.js';
import { type RevisionInfo } from './results.js';
import {
  type DirectiveOperations,
  type DirectivesContext,
  processDirectives,
  type RevisionDirective,
} from './revision-directives.js';
import { sharing } from './shared-directory.js';
import { revisionWarnings } from './revision-warnings.js';
import { namingHeads, readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';

interface DraftOperations extends Readonly<DirectiveOperations> {
  /** Writes the operations so that requests go on meanwhile. */
  readonly online?: OnlineWriter;
  readonly batches?: AlterationBatches;
  /** The warnings of the difference; some of them belong to a step. */
  readonly warnings?: readonly string[];
}

/** A revision that a command is about to write, before the hooks see it. */
export interface Draft {
  readonly command: DirectivesContext['command'];
  /** Whether the operations are a difference, without which there is nothing to write. */
  readonly autogenerate: boolean;
  readonly revId: string;
  readonly message: string;
  /** What it follows, as symbols. */
  readonly head: string | readonly string[];
  /** What it does on each connection that it is for, and which of that is one batch. */
  readonly operations: readonly DraftOperations[];
  /** Whether nothing is written. */
  readonly dryRun?: boolean;
  /** Sentences for the head of the first revision. Default: none. */
  readonly notes?: readonly string[];
  /**
   * Called once the files are written, with their ids. Where it fails, none of them is left. Default: they are kept.
   */
  readonly prove?: (ids: readonly string[], after: RevisionScripts) => Promise<void>;
}

/** The files that were written; in a dry run none. */
export interface Written {
  readonly created: readonly RevisionInfo[];
  /** The text of each file; in a dry run the body of each `upgrade`. */
  readonly source: readonly string[];
}

/**
 * Writes the revisions that the option `processRevisionDirectives` makes of a draft: usually one. All of them are
 * placed and rendered before the first is written. Where one cannot be written, none is left. Then the hooks run on
 * each.
 *
 * @throws PostWriteHookError; the files stay.
 */
export async function writeRevisions(
  context: FilesContext,
  scripts: RevisionScripts,
  options: NewRevision,
  draft: Draft,
): Promise<Written> {
  const { form } = await directoryTemplate(scripts.directory.path, context.fileSystem);
  const revisions = placeAll(scripts, await directivesOf(context, options, draft)).map((revision, index) => ({
    ...revision,
    bodies: { ...bodiesOf(context, revision.directive, draft, form), notes: index === 0 ? draft.notes : [] },
  }));
  if (draft.dryRun === true) return { created: [], source: revisions.map(({ bodies }) => shown(bodies.upgrade)) };
  const files = new Map<string, WrittenRevision>();
  try {
    for (const revision of revisions) {
      const { revId } = revision.directive;
      const [followed = ''] = revision.placement.downRevision;
      const follows = files.get(followed)?.path ?? scripts.graph.revisions.find(({ id }) => id === followed)?.path;
      files.set(revId, await writeScript(context, scripts, { ...revision, follows }));
    }
    if (files.size > 0) await draft.prove?.([...files.keys()], await readScripts(context, options));
  } catch (error) {
    for (const { path } of files.values()) await context.fileSystem.remove(path);
    throw error;
  }
  if (files.size === 0) return { created: [], source: [] };
  for (const file of files.values()) await runHooks(context, scripts, options, file);
  const after = await readScripts(context, options);
  await keepHeads(context, after);
  return {
    created: [...files.keys()].map((id) => revisionInfo(after, id)),
    source: await Promise.all([...files.values()].map(({ path }) => context.fileSystem.readText(path))),
  };
}

async function directivesOf(
  context: FilesContext,
  { splice = false, branchLabels = [], dependsOn = [], versionPath, xArguments = {} }: NewRevision,
  { command, autogenerate, revId, message, head, operations }: Draft,
): Promise<readonly RevisionDirective[]> {
  const { processRevisionDirectives, registry } = context.options;
  const directives = await processDirectives(
    processRevisionDirectives,
    {
      message,
      revId,
      head,
      splice,
      branchLabels,
      dependsOn,
      versionPath,
      // the caller's own lists are not changed
      operations: operations.map(({ connection, upgrade, downgrade }) => ({
        connection,
        upgrade: [...upgrade],
        downgrade: [...downgrade],
      })),
    },
    {
      command,
      autogenerate,
      connections: operations.map(({ connection }) => connection),
      xArguments,
      reverse: (operation) => registry.reverse(operation),
    },
    registry,
  );
  return autogenerate ? directives.filter(doesSomething) : directives;
}

function doesSomething({ operations }: RevisionDirective): boolean {
  return operations.some(({ upgrade, downgrade }) => upgrade.length > 0 || downgrade.length > 0);
}

interface PlacedRevision {
  readonly directive: RevisionDirective;
  readonly placement: Omit<Revision, 'id'>;
}

/** The places of new revisions, of which later ones may follow earlier ones. */
function placeAll(scripts: RevisionScripts, directives: readonly RevisionDirective[]): readonly PlacedRevision[] {
  let known: RevisionGraph = scripts.graph;
  return directives.map((directive, index) => {
    const id = directive.revId;
    const place = (): Omit<Revision, 'id'> => requestedPlacement(known, { ...directive, id });
    // only for the first revision do all heads have files
    const placement = index === 0 ? namingHeads(scripts, place) : place();
    if (index < directives.length - 1) known = RevisionGraph.of([...known.revisions, { id, ...placement }]);
    return { directive, placement };
  });
}

/** The bodies of a new revision's functions: one for all connections, or one for each by the connection's name. */
type Bodies = Pick<
  RevisionContent,
  'upgrade' | 'downgrade' | 'imports' | 'warnings' | 'notes' | 'irreversible' | 'importedFrom'
>;

/** The bodies for the operations of each connection. */
export function bodiesOf(
  context: FilesContext,
  { operations }: Pick<RevisionDirective, 'operations'>,
  draft: Pick<Draft, 'operations'>,
  form: DirectoryTemplate['form'],
): Bodies {
  const imports = new Set<string>();
  const bodies = (direction: 'upgrade' | 'downgrade'): RevisionContent['upgrade'] =>
    bodyOf(
      context,
      operations.map((entry) => {
        const { connection } = entry;
        const batches = batchesOf(entry, draft, direction);
        const online = draft.operations.find((one) => one.connection === connection)?.online;
        const about = { direction, connection, batches, imports, online };
        return [connection, renderBody(entry[direction], about, context.options)] as const;
      }),
      form,
    );
  const both = { upgrade: bodies('upgrade'), downgrade: bodies('downgrade') };
  return { ...both, imports: [...imports], warnings: revisionWarnings(operations, draft.operations) };
}

/** The body of a function for the bodies of each connection. */
export function bodyOf(
  context: FilesContext,
  rendered: readonly (readonly [connection: string, body: string])[],
  form: DirectoryTemplate['form'],
): RevisionContent['upgrade'] {
  const [first = ['', ''], ...others] = rendered;
  // one function for several connections would do on all of them what one needs
  const isAlone = others.length === 0 && sharing(context).length === 1;
  const isPlain = form === 'function' && (isAlone || rendered.every(([, body]) => body === ''));
  return isPlain ? first[1] : Object.fromEntries(rendered);
}

/**
 * Which operations rebuild a table. Only the comparison knows what the table is before. Where hooks have changed what
 * is done to the table, it is altered step by step.
 */
function batchesOf(
  directive: DirectiveOperations,
  { operations }: Pick<Draft, 'operations'>,
  direction: 'upgrade' | 'downgrade',
): readonly AlterationBatch[] {
  const drafted = operations.find(({ connection }) => connection === directive.connection);
  return (drafted?.batches?.[direction] ?? []).filter(({ alterations: [{ table, schema }] }) => {
    const alterations = (of: Readonly<DirectiveOperations>): string =>
      JSON.stringify(
        [of.upgrade, of.downgrade].map((list) =>
          list.filter((one) => isTableAlteration(one) && one.table === table && one.schema === schema),
        ),
      );
    return drafted !== undefined && alterations(directive) === alterations(drafted);
  });
}

/** Bodies for a reader: under the name of their connection where there are several. */
export function shown(body: RevisionContent['upgrade']): string {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return body.join('\n');
  return Object.entries(body)
    .map(([connection, lines]) => `// ${connection}\n${shown(lines as string)}`)
    .join('\n');
}

/** Writes a script whose place has been checked already. */
export async function writeScript(
  context: FilesContext,
  { directory }: RevisionScripts,
  { directive: { revId, message, versionPath }, placement, bodies, follows, now = new Date() }: ScriptToWrite,
): Promise<WrittenRevision> {
  const { fileTemplate, truncateSlugLength, timezone, base } = context.options;
  return writeRevisionFile({
    directory,
    fs: context.fileSystem,
    fileTemplate,
    truncateSlugLength,
    timezone,
    now,
    revision: revId,
    ...placement,
    message,
    ...bodies,
    follows,
    versionPath: versionPath === undefined ? undefined : folder(versionPath, base),
  });
}

/** A script whose place has been checked already. */
export interface ScriptToWrite extends Omit<PlacedRevision, 'directive'> {
  readonly directive: Pick<RevisionDirective, 'revId' | 'message' | 'versionPath'>;
  readonly bodies: Bodies;
  /** The file of the revision that it follows; absent for a new base. */
  readonly follows: string | undefined;
  /** When it was written. Default: now. */
  readonly now?: Date;
}

/** Runs the option `postWriteHooks` on a new file. */
export async function runHooks(
  context: FilesContext,
  { directory }: RevisionScripts,
  options: NewRevision,
  { path, restore }: WrittenRevision,
): Promise<void> {
  const emit = emitter(context, options);
  const { postWriteHooks: hooks, base } = context.options;
  await runPostWriteHooks(path, {
    hooks,
    base,
    directory: directory.path,
    node: context.host.execPath,
    fs: context.fileSystem,
    signal: options.signal,
    onStart: (hook) => emit({ type: 'hookStarted', hook, path }),
    onOutput: (hook, line) => emit({ type: 'hookOutput', hook, line }),
    restore,
  });
}

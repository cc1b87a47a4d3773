import { randomUUID } from 'node:crypto';
import { dirname, extname, join } from 'node:path';
import { type OnlineSources, type OnlineStep, type OnlineWriter } from '../engines/online/online.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import { compareFingerprints, type Fingerprint } from '../rehearsal/fingerprint.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { ancestors } from '../revision/traversal.js';
import { type RecordedCall, recordCalls } from '../runtime/recorded-operations.js';
import { functionBody } from '../script/function-statements.js';
import { moduleFunction } from '../script/revision-module.js';
import { revisionSource, type RevisionScript } from '../script/revision-script.js';
import { edited, type TextEdit } from '../script/rewritten-body.js';
import { textDifference } from '../script/text-difference.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { onlineRewrite, type OnlineRewrite } from './online-rewrite.js';
import { operationsContext } from './operations-context.js';
import { published } from './published-revisions.js';
import { rehearse } from './rehearse.js';
import { renderBody } from './render-item.js';
import { type RevisionScripts } from './revision-scripts.js';
import { onScratchSession } from './scratch-session.js';
import { sharing } from './shared-directory.js';
import { fingerprintAt, moveOne, reasonOf } from './verified-revision.js';

/** What `lint` has written so that requests go on, and what it has left. */
export interface LintFixes {
  /** Whether the files were changed; `false` after a dry run. */
  readonly isWritten: boolean;
  /** The revisions that are written in another form. */
  readonly fixed: readonly FixedRevision[];
  /** The revisions, or functions of them, that have another form and could not be written in it. */
  readonly left: readonly LeftRevision[];
}

/** A revision whose functions are written so that requests go on. */
export interface FixedRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** The file, absolute. */
  readonly path: string;
  /** Which of its functions. */
  readonly functions: readonly ('upgrade' | 'downgrade')[];
  /** The lines that change, as `diff -u` prints them. */
  readonly difference: readonly string[];
}

/** A revision, or a function of one, that stays as it is. */
export interface LeftRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** The file, absolute. */
  readonly path: string;
  /** The function; `null` where it is about all of the revision. */
  readonly direction: 'upgrade' | 'downgrade' | null;
  /** The line that is in the way, from 1; `null` where it is about none. */
  readonly line: number | null;
  /** Why, in a sentence. */
  readonly reason: string;
  /** What to write instead; `null` where that is not known. */
  readonly instead: string | null;
}

/**
 * Writes unpublished revisions so that requests go on while they run. Each is tried on scratch databases in both forms,
 * which have to lead to the same schema, before its file is changed.
 *
 * @throws GitFailedError | BaseUnknownError where it can't be told what is published.
 */
export async function fixRevisions(
  context: CommandContext,
  scripts: RevisionScripts,
  ids: readonly string[],
  { base, dryRun, ...common }: Common & { readonly base?: string; readonly dryRun: boolean },
): Promise<LintFixes> {
  const { graph, directory } = scripts;
  const fixed: FixedRevision[] = [];
  const left: LeftRevision[] = [];
  const { engine } = databaseOf(context, common);
  if (engine.online === undefined) {
    const message = `'fix' changes nothing on ${engine.name}: there is no other form.`;
    emitter(context, common)({ type: 'warning', message });
    return { isWritten: !dryRun, fixed, left };
  }
  const isFixed = await published(scripts, { base, signal: common.signal });
  const isPublished = (id: string): boolean =>
    [id, ...(graph.script(id)?.replaces ?? [])].some(
      (each) => isFixed.tip.scripts.has(each) || isFixed.fork.scripts.has(each),
    );
  const applied = await appliedHere(context, scripts, common);
  for (const id of ids.filter((each) => !isPublished(each))) {
    const script = graph.get(id);
    const found = await fixOf(context, scripts, script, common);
    if (found.edits.length > 0 && applied.has(id)) {
      const reason = 'It is applied to the connected database: undo it there before it is changed.';
      left.push({ revision: id, path: script.path, direction: null, line: null, reason, instead: null });
      continue;
    }
    left.push(...found.left);
    if (found.edits.length === 0) continue;
    const { path } = script;
    fixed.push({
      revision: id,
      path,
      functions: found.functions,
      difference: textDifference(found.text, found.edits),
    });
    if (!dryRun) await directory.fs.replace(path, edited(found.text, found.edits));
  }
  return { isWritten: !dryRun, fixed, left };
}

/** What the connected database holds. */
async function appliedHere(
  context: CommandContext,
  { graph }: RevisionScripts,
  common: Common,
): Promise<ReadonlySet<string>> {
  const database = databaseOf(context, common);
  const rows = (await database.exists()) ? await database.readRows() : [];
  const here = graph.at(rows);
  return ancestors(
    here,
    here.namesHere(rows).filter((row) => here.has(row)),
    'all',
  );
}

interface Fix {
  readonly text: string;
  readonly edits: readonly TextEdit[];
  readonly functions: readonly ('upgrade' | 'downgrade')[];
  readonly left: readonly LeftRevision[];
}

const DIRECTIONS = ['upgrade', 'downgrade'] as const;

async function fixOf(
  context: CommandContext,
  scripts: RevisionScripts,
  script: RevisionScript,
  common: Common,
): Promise<Fix> {
  const { id, path } = script;
  const text = await scripts.directory.fs.readText(path);
  const stays = (reason: string, more: Partial<LeftRevision> = {}): Fix => {
    const left = { revision: id, path, direction: null, line: null, reason, instead: null, ...more };
    return { text, edits: [], functions: [], left: [left] };
  };
  const { directory, signal, xArguments } = common;
  const at = scripts.graph.parentsOf(id);
  const trial = { directory, signal, xArguments, apart: true, at };
  const onScratch: OnlineSources['onScratch'] = (work) =>
    onScratchSession(context, { directory, signal, xArguments, at }, work);
  if (script.services.length > 0) return { text, edits: [], functions: [], left: [] };
  try {
    const { rewrites, before } = await rehearse(context, trial, async (scratch) => ({
      rewrites: await rewritesOf(scratch, scripts, { script, text, onScratch }),
      before: await upAndDown(scratch, scripts, script, common),
    }));
    const edits = DIRECTIONS.flatMap((direction) => {
      const rewrite = rewrites[direction];
      return rewrite.outcome === 'edited' ? rewrite.edits : [];
    });
    const left = DIRECTIONS.flatMap((direction): readonly LeftRevision[] => {
      const rewrite = rewrites[direction];
      if (rewrite.outcome !== 'left') return [];
      const { line, why, instead } = rewrite;
      const reason = `Its ${direction} is left, since line ${line} ${why}.`;
      return [{ revision: id, path, direction, line, reason, instead }];
    });
    if (edits.length === 0) return { text, edits, functions: [], left };
    const functions = DIRECTIONS.filter((direction) => rewrites[direction].outcome === 'edited');
    const after = await withCopy(scripts, script, edited(text, edits), (copy) =>
      rehearse(context, trial, (scratch) => upAndDown(scratch, copy, copy.graph.get(id), common)),
    );
    for (const [index, direction] of DIRECTIONS.entries()) {
      const [one, other] = [before[index], after[index]];
      if (one === undefined || other === undefined) continue;
      if (compareFingerprints(one, other).verdict !== 'equal')
        return stays(`The other form of its ${direction} leads to another schema.`, { direction });
    }
    return { text, edits, functions, left };
  } catch (error) {
    if (!(error instanceof RevisionFailedError)) throw error;
    const { revision, direction } = error.failure;
    const which = revision === id ? `Its ${direction}` : `The ${direction} of ${String(revision)}`;
    return stays(`${which} fails on a scratch database. ${reasonOf(error)}`);
  }
}

/** What becomes of both functions, asked on a database that stands before the revision. */
async function rewritesOf(
  scratch: CommandContext,
  { directory }: RevisionScripts,
  {
    script,
    text,
    onScratch,
  }: Pick<OnlineSources, 'onScratch'> & { readonly script: RevisionScript; readonly text: string },
): Promise<Readonly<Record<(typeof DIRECTIONS)[number], OnlineRewrite>>> {
  const { connection, options } = scratch;
  const { engine } = databaseOf(scratch);
  const connections = scratch.all().map((each) => each.connection);
  const module = await directory.load(script);
  const about = operationsContext(scratch, engine.name, { offline: false });
  const callsOf = async (direction: (typeof DIRECTIONS)[number]): Promise<readonly RecordedCall[]> =>
    module[direction] === undefined
      ? []
      : recordCalls(moduleFunction(module, direction, connection, connections), about);
  const calls = { upgrade: await callsOf('upgrade'), downgrade: await callsOf('downgrade') };
  const functions = DIRECTIONS.map((direction) => calls[direction].flatMap(({ operations }) => operations));
  const onDatabase: OnlineSources['onDatabase'] = (work) =>
    databaseOf(scratch).pin(({ introspection }) => work(introspection));
  const writer = await engine.online?.({ onDatabase, onScratch }, functions);
  const rewriteOf = async (direction: (typeof DIRECTIONS)[number]): Promise<OnlineRewrite> => {
    const body = await functionBody(script.source.kind, text, direction, connection);
    if (writer === undefined || (body === undefined && calls[direction].length === 0)) return { outcome: 'same' };
    const render = (steps: readonly OnlineStep[]): string => {
      const online: OnlineWriter = () => steps;
      return renderBody([], { direction, connection, online }, options);
    };
    const rewritten = onlineRewrite(
      {
        text,
        body: body ?? { start: 0, end: 0, statements: [], isOfConnection: false },
        calls: calls[direction],
      },
      writer,
      render,
    );
    if (rewritten.outcome !== 'edited' || body?.isOfConnection === true || sharing(scratch).length === 1)
      return rewritten;
    const { edits } = rewritten;
    return {
      outcome: 'left',
      line: text.slice(0, body?.start).split('\n').length,
      why: 'begins a function that several connections share',
      instead: edits.map((edit) => edit.text).join(''),
    };
  };
  return { upgrade: await rewriteOf('upgrade'), downgrade: await rewriteOf('downgrade') };
}

/** The schemas behind a revision and, unless it can't be undone, behind its downgrade. */
async function upAndDown(
  scratch: CommandContext,
  scripts: RevisionScripts,
  { id, irreversible }: RevisionScript,
  common: Common,
): Promise<readonly Fingerprint[]> {
  await moveOne(scratch, scripts, { direction: 'upgrade', id }, common);
  const up = await fingerprintAt(scratch);
  if (irreversible !== null) return [up];
  await moveOne(scratch, scripts, { direction: 'downgrade', id }, common);
  return [up, await fingerprintAt(scratch)];
}

/**
 * Works with scripts of which one has another text. It is in a file of its own beside the script, so that its imports
 * lead where those of the script do. The file is hidden, so that it is not taken for a revision.
 */
async function withCopy<T>(
  { graph, directory }: RevisionScripts,
  script: RevisionScript,
  text: string,
  work: (scripts: RevisionScripts) => Promise<T>,
): Promise<T> {
  const path = join(dirname(script.path), `.${randomUUID()}${extname(script.path)}`);
  const copy = { ...script, path, source: revisionSource(path, text) };
  const others = graph.revisions.map((each) => (each.id === script.id ? copy : each));
  try {
    await directory.fs.writeNew(path, text);
    return await work({ directory, graph: RevisionGraph.of(others) });
  } finally {
    await directory.fs.remove(path);
  }
}

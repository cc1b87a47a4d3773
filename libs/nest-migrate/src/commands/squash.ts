import { NothingToSquashError, SquashDataError, SquashUnprovableError } from '../errors/command.errors.js';
import { ReplacedRevisionError } from '../errors/revision.errors.js';
import { resolveRevision, resolveRevisions } from '../revision/resolve.js';
import { RevisionGraph } from '../revision/revision-graph.js';
import { rangeFor } from '../revision/requested-range.js';
import { type SquashPlace, squashPlace } from '../revision/squash-range.js';
import { type Target, targetsFor } from '../revision/target.js';
import { carriedCode, type CarriedCode, type NotCarried } from '../script/carried-code.js';
import { OPEN_CERTIFICATE } from '../script/certificate-text.js';
import { directoryTemplate } from '../script/directory-template.js';
import { indent } from '../script/revision-template.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext, type Common } from './command-context.js';
import { withDraftFolder } from './draft-folder.js';
import { type Finding } from './finding.js';
import { newRevisionId } from './new-revision.js';
import { keepHeads } from './published-revisions.js';
import { type RecordingObstacle, recorder } from './recorded-revisions.js';
import { renderBody } from './render-item.js';
import { rehearse } from './rehearse.js';
import { folder } from './absolute-folder.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readFiles, readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';
import { sharing } from './shared-directory.js';
import {
  isDataStep,
  type SquashBlock,
  squashedOperations,
  type SquashedOperations,
  type SquashWork,
  wayBack,
} from './squash-parts.js';
import { certify } from './squash-certificate.js';
import { lossesBeyondReplaced, proveSquash, type SquashProof } from './squash-proof.js';
import { ROWS_LOST, type TrialOptions, schemaOf, tryRevision } from './verified-revision.js';
import { bodyOf, runHooks, type ScriptToWrite, shown, writeScript } from './write-revisions.js';

export type { SquashProof } from './squash-proof.js';

/**
 * Options of `squash`.
 *
 * @example
 * const { created, clean } = await migrations.squash({ range: 'b2d6:d441' });
 */
export interface SquashOptions extends Common {
  /**
   * `[start]:[end]` as symbols, both inclusive. Without a start, everything below the end; without an end, up to head.
   * Default: the whole history up to head, so that new databases begin with one revision.
   */
  range?: string;
  /** What the squash does, for a reader. Default: `squash b2d6 to d441`, or `baseline` for the whole history. */
  message?: string;
  /** The id of the squash. Default: what the option `revisionId` returns. */
  revId?: string;
  /** The folder to write to, as for other revisions. Default: the folder of the revision that it follows. */
  versionPath?: string;
  /**
   * The ids of revisions whose steps on rows are left out, as if they said `elidable`. A published revision that is
   * edited is not what was applied any more. Default: none.
   */
  elide?: string | readonly string[];
  /** Whether the proof is made and no file is written. Default: false. */
  dryRun?: boolean;
  /**
   * A squash that is there, as a symbol: it is proven once more, and its file gets the certificate. For one that was written
   * or edited by hand. Excludes `range`. Default: a squash is written.
   */
  prove?: string;
  /** The seed of the sample of places from which it is tried, where there are many. Default `0`. */
  seed?: number;
}

/** What `squash` wrote, and the proof that it does what the revisions did. */
export interface SquashResult {
  /** The squash; none with `dryRun`, and none where the proof failed. */
  readonly created: readonly RevisionInfo[];
  /** The text of the file; with `dryRun`, or where the proof failed, the body of its `upgrade`. */
  readonly source: readonly string[];
  /** The ids of what it replaces, oldest first. */
  readonly replaces: readonly string[];
  /** The ids of the revisions whose steps on rows were left out: those that are `elidable` or were named. */
  readonly elided: readonly string[];
  /** Whether the proof holds on every connection. Only then is a file written. */
  readonly clean: boolean;
  /** The proof, for each connection that shares the scripts. */
  readonly proofs: readonly SquashProof[];
}

/**
 * Writes one revision that does the work of several. On scratch databases it is proven before that the squash leads to
 * what the revisions led to: the same schema and the same rows, from every place at which a database may stand. Where
 * it does not, no file is written, and the result says what differs.
 *
 * @throws SquashRangeError where the range has other ways in or out; SquashDataError where a revision asks the database;
 * NothingToSquashError where the range has one revision or none; ScratchPlaceMissingError where the options do not say
 * where a scratch database may be created.
 */
export async function squash(context: CommandContext, options: SquashOptions = {}): Promise<SquashResult> {
  const scripts = await readFiles(context, options);
  if (options.prove !== undefined) return proveWritten(context, scripts, options.prove, options);
  const id = newRevisionId(context, options);
  const place = placeOf(scripts, options);
  const { revisions: _, ...placement } = place;
  const isWhole = options.range === undefined;
  // a wrong place is reported before anything is rehearsed
  RevisionGraph.of([...scripts.graph.scripts, { id, ...placement }]);
  const works = await worksOf(context, scripts, place, options);
  const [first = '', last = ''] = [place.replaces[0], place.replaces.at(-1)];
  const message = options.message ?? (isWhole ? 'baseline' : `squash ${first} to ${last}`);
  const irreversible = reasonsOf(scripts, place);
  const draft: Draft = { id, message, placement, irreversible, options };

  const operations = new Map<string, SquashedOperations>();
  for (const { of, work } of works) operations.set(of.connection, await squashedOperations(of, scripts, work));
  let tried = await tryDraft(context, scripts, { ...draft, operations });
  const notes: string[] = [];
  const copied = place.revisions.filter((each) =>
    works.some(({ work }) => work.carried(each, 'upgrade') !== undefined),
  );
  if (copied.length > 0) notes.push(`Copied to the letter is the code of ${copied.join(', ')}, which works on rows.`);
  const isBackAlone = tried.proofs
    .flatMap(({ findings }) => findings)
    .every(({ direction }) => direction === 'downgrade');
  if (!tried.clean && isBackAlone) {
    // those of the revisions do not lead back either
    for (const { of, work } of works) {
      const { upgrade } = operations.get(of.connection)!;
      operations.set(of.connection, { upgrade, downgrade: await wayBack(of, scripts, work) });
    }
    const again = await tryDraft(context, scripts, { ...draft, operations });
    if (again.clean) {
      tried = again;
      notes.push('Its downgrade is the difference of the schemas: those of the revisions do not lead back.');
    }
  }
  const { clean, proofs } = tried;
  const bodies = await bodiesOf(context, scripts, { ...draft, operations });
  const elided = await elidedOf(scripts, place, works);
  if (elided.length > 0)
    notes.push(`Left out is what ${elided.join(', ')} ${elided.length === 1 ? 'does' : 'do'} to rows.`);
  const result = { replaces: place.replaces, elided, clean, proofs };
  if (!clean || options.dryRun === true) return { ...result, created: [], source: [shown(bodies.upgrade)] };
  const file = await writeScript(context, scripts, {
    ...scriptOf(scripts, draft),
    bodies: { ...bodies, notes: [...proofs.map(certificateOf), ...notes, OPEN_CERTIFICATE] },
  });
  await runHooks(context, scripts, options, file);
  const after = await readScripts(context, options);
  await keepHeads(context, after);
  await certify(after, after.graph.get(id));
  return {
    ...result,
    created: [revisionInfo(after, id)],
    source: [await context.fileSystem.readText(file.path)],
  };
}

/** Proves a squash that is there, and writes the certificate into its file. */
async function proveWritten(
  context: CommandContext,
  scripts: RevisionScripts,
  text: string,
  { signal, xArguments, directory, onEvent, seed, dryRun = false }: SquashOptions,
): Promise<SquashResult> {
  const { graph } = scripts;
  const [id = ''] = namingHeads(scripts, () => resolveRevisions(graph, targetsFor(graph, text, 'show')));
  const script = graph.get(id);
  const common = { signal, xArguments, directory };
  const proofs: SquashProof[] = [];
  for (const of of sharing(context)) {
    const proof = await proveSquash(of, scripts, id, { ...common, onEvent, seed });
    if (proof === undefined) throw new SquashUnprovableError(id);
    const findings = [...proof.findings, ...(await tryAlone(of, scripts, id, common))];
    proofs.push({ ...proof, findings, holds: findings.length === 0 });
  }
  const clean = proofs.every(({ holds }) => holds);
  if (clean && !dryRun) await certify(scripts, script);
  const source = [await context.fileSystem.readText(script.path)];
  return { replaces: script.replaces, elided: [], clean, proofs, created: [], source };
}

/** What is squashed on a connection. */
interface ConnectionWork {
  readonly of: CommandContext;
  readonly work: SquashWork;
}

function placeOf(scripts: RevisionScripts, { range: text = ':' }: SquashOptions): SquashPlace {
  const { graph } = scripts;
  const [replaced] = graph.replacedNamesIn([text], { ends: true });
  if (replaced !== undefined)
    throw new ReplacedRevisionError(replaced, graph.replacedBy(replaced) ?? '', { areThere: true });
  return namingHeads(scripts, () => {
    const { start, end = HEAD } = rangeFor(graph, text);
    const lower = start === undefined ? null : revisionAt(graph, start);
    const upper = revisionAt(graph, end);
    if (upper === null) throw new NothingToSquashError([]);
    const place = squashPlace(graph, lower, upper);
    if (place.revisions.length < 2) throw new NothingToSquashError(place.revisions);
    return place;
  });
}

const HEAD: Target = { kind: 'head', text: 'head' };

/** The revision that an end of the range means; `null` for base. */
function revisionAt(graph: RevisionGraph, target: Target): string | null {
  return target.kind === 'relative' ? (resolveRevisions(graph, [target])[0] ?? null) : resolveRevision(graph, target);
}

/**
 * Records the revisions for each connection that shares the scripts.
 *
 * @throws SquashDataError where not all is known that one of them does to rows.
 */
async function worksOf(
  context: CommandContext,
  scripts: RevisionScripts,
  place: SquashPlace,
  { elide = [], versionPath, signal, xArguments, directory }: SquashOptions,
): Promise<readonly ConnectionWork[]> {
  const { graph } = scripts;
  const elided = new Set(
    namingHeads(scripts, () =>
      [elide].flat().flatMap((text) => resolveRevisions(graph, targetsFor(graph, text, 'show'))),
    ),
  );
  const isElided = ({ id, elidable }: RevisionScript): boolean => elidable || elided.has(id);
  const works: ConnectionWork[] = [];
  const codeOf = await carrier(context, scripts, place, { versionPath });
  for (const of of sharing(context)) {
    const record = recorder(of, scripts);
    const refused: (readonly [string, string])[] = [];
    const carried = new Map<string, CarriedCode>();
    for (const id of place.revisions) {
      const script = graph.get(id);
      const { obstacle } = await record(script);
      const { services } = script;
      if (services.length > 0)
        refused.push([id, `asks for the services ${services.join(', ')}, which a rehearsal has not`]);
      else if (!isElided(script)) {
        if (obstacle !== null) {
          const code = await codeOf(script, 'upgrade', obstacle);
          if ('reason' in code) refused.push([id, code.reason]);
          else carried.set(`upgrade ${id}`, code);
        }
        const back = script.irreversible === null ? await record(script, 'downgrade') : undefined;
        if (back?.obstacle == null) continue;
        // otherwise its way back is the difference of the schemas
        const code = await codeOf(script, 'downgrade', back.obstacle);
        if (!('reason' in code)) carried.set(`downgrade ${id}`, code);
      }
    }
    if (refused.length > 0) throw new SquashDataError(refused);
    const carriedOf: SquashWork['carried'] = (id, direction) => carried.get(`${direction} ${id}`);
    works.push({
      of,
      work: { place, record, carried: carriedOf, isElided, common: { signal, xArguments, directory } },
    });
  }
  return works;
}

/** Copies code of revisions. What it imports must have one meaning in the squash. */
async function carrier(
  context: CommandContext,
  scripts: RevisionScripts,
  place: SquashPlace,
  options: Pick<SquashOptions, 'versionPath'>,
): Promise<
  (
    script: RevisionScript,
    direction: 'upgrade' | 'downgrade',
    obstacle: RecordingObstacle,
  ) => Promise<CarriedCode | NotCarried>
> {
  const { fileSystem: fs } = context;
  const { extension } = await directoryTemplate(scripts.directory.path, fs);
  const to = { folder: await folderOf(context, scripts, place, options), isTypeScript: extension.endsWith('ts') };
  const modules = new Map<string, string>();
  return async (script, direction, obstacle) => {
    const why = OBSTACLES[obstacle];
    if (obstacle === 'load') return { reason: why };
    const code = await carriedCode(script, await fs.readText(script.path), direction, to);
    if ('reason' in code) return { reason: `${why} and ${code.reason}, so that its code can't be copied` };
    for (const [name, module] of code.names) {
      if ((modules.get(name) ?? module) !== module)
        return { reason: `${why} and imports ${name}, as another one imports something else` };
      modules.set(name, module);
    }
    return code;
  };
}

/** The folder of the new file. */
async function folderOf(
  { options: { base } }: CommandContext,
  { graph, directory }: RevisionScripts,
  { downRevision, replaces }: Pick<SquashPlace, 'downRevision' | 'replaces'>,
  { versionPath }: Pick<SquashOptions, 'versionPath'>,
): Promise<string> {
  const [followed = replaces[0] ?? ''] = downRevision;
  const path = versionPath === undefined ? undefined : folder(versionPath, base);
  return directory.folderFor(path, graph.script(followed)?.path);
}

/** The revisions whose steps on rows are left out. */
async function elidedOf(
  { graph }: RevisionScripts,
  { revisions }: SquashPlace,
  works: readonly ConnectionWork[],
): Promise<readonly string[]> {
  const elided: string[] = [];
  for (const id of revisions) {
    const script = graph.get(id);
    for (const { work } of works) {
      if (!work.isElided(script) || elided.includes(id)) continue;
      const { operations, obstacle } = await work.record(script);
      if (obstacle !== null || operations.some(isDataStep)) elided.push(id);
    }
  }
  return elided;
}

const OBSTACLES: Readonly<Record<RecordingObstacle, string>> = {
  query: 'asks the database',
  transaction: 'works on rows with code',
  backfill: 'fills columns in batches',
  failure: 'fails without a database',
  endless: 'does not end without a database',
  load: 'does not load',
};

/** Why the squash cannot be undone, where one of its revisions says so. */
function reasonsOf({ graph }: RevisionScripts, { revisions }: SquashPlace): string | undefined {
  const reasons = revisions.flatMap((id) => {
    const { irreversible } = graph.get(id);
    return irreversible === null ? [] : [`${id}: ${irreversible}`];
  });
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** A squash before it is written. */
interface Draft {
  readonly id: string;
  readonly message: string;
  readonly placement: ScriptToWrite['placement'];
  readonly irreversible: string | undefined;
  readonly options: SquashOptions;
}

/** A draft, and what it does on each connection. */
interface WholeDraft extends Draft {
  readonly operations: ReadonlyMap<string, SquashedOperations>;
}

/** The parts of the script that are the same wherever it is written. */
function scriptOf(
  { graph }: RevisionScripts,
  { id, message, placement, options: { versionPath } }: Draft,
): Omit<ScriptToWrite, 'bodies'> {
  const [followed = placement.replaces?.[0] ?? ''] = placement.downRevision;
  return { directive: { revId: id, message, versionPath }, placement, follows: graph.script(followed)?.path };
}

async function bodiesOf(
  context: CommandContext,
  { directory }: RevisionScripts,
  { operations, irreversible }: WholeDraft,
): Promise<ScriptToWrite['bodies']> {
  const { form } = await directoryTemplate(directory.path, context.fileSystem);
  const imports = new Set<string>();
  const bodies = (direction: 'upgrade' | 'downgrade'): ScriptToWrite['bodies']['upgrade'] => {
    const rendered = [...operations].map(([connection, of]) => {
      const blocks = direction === 'downgrade' && irreversible !== undefined ? [] : of[direction];
      const about = { direction, connection, imports };
      return [connection, blocks.map((block) => textOf(context, block, about)).join('')] as const;
    });
    return bodyOf(context, rendered, form);
  };
  const both = { upgrade: bodies('upgrade'), downgrade: bodies('downgrade') };
  return { ...both, imports: [...imports], irreversible };
}

function textOf(
  { options }: CommandContext,
  block: SquashBlock,
  about: Pick<Parameters<typeof renderBody>[1], 'direction' | 'connection' | 'imports'>,
): string {
  if ('text' in block) {
    for (const line of block.imports) about.imports?.add(line);
    return block.text;
  }
  const { operations, batches, isAutocommit } = block;
  const text = renderBody(operations, { ...about, batches }, options);
  return isAutocommit ? `await op.autocommitBlock(async (op) => {\n${indent(text, '  ')}});\n` : text;
}

/** The outcome of a draft. */
interface TriedDraft {
  readonly clean: boolean;
  readonly proofs: readonly SquashProof[];
}

/**
 * Tries a draft: from a folder beside the revisions, which is a version location for the time of the proof alone. So no
 * other process takes a squash for a revision that is not proven yet.
 */
async function tryDraft(context: CommandContext, scripts: RevisionScripts, draft: WholeDraft): Promise<TriedDraft> {
  const { directory } = scripts;
  const { versionPath, signal, xArguments, onEvent, seed } = draft.options;
  const { base } = context.options;
  const script = scriptOf(scripts, draft);
  const target = await directory.folderFor(
    versionPath === undefined ? undefined : folder(versionPath, base),
    script.follows,
  );
  return withDraftFolder(context, target, async (beside) => {
    const withDraft = (of: CommandContext): CommandContext => ({
      ...of,
      options: { ...of.options, directory: directory.path, versionLocations: [...directory.versionLocations, beside] },
    });
    const common = { signal, xArguments };
    const opened = await readScripts(withDraft(context), { ...common, versionPath: beside });
    await writeScript(context, opened, {
      ...script,
      directive: { ...script.directive, versionPath: beside },
      bodies: await bodiesOf(context, scripts, draft),
    });
    const proofs: SquashProof[] = [];
    for (const of of sharing(context).map(withDraft)) {
      const seen = await readScripts(of, common);
      const proof = await proveSquash(of, seen, draft.id, { ...common, onEvent, seed });
      if (proof === undefined) continue;
      const findings = [...proof.findings, ...(await tryAlone(of, seen, draft.id, common))];
      proofs.push({ ...proof, findings, holds: findings.length === 0 });
    }
    return { clean: proofs.every(({ holds }) => holds), proofs };
  });
}

/** Whether the squash goes up, down and up again, without a loss of rows that what it replaces does not have. */
async function tryAlone(
  context: CommandContext,
  scripts: RevisionScripts,
  id: string,
  common: Pick<Common, 'signal' | 'xArguments'>,
): Promise<readonly Finding[]> {
  const { graph } = scripts;
  const at = graph.parentsOf(id);
  const { rows } = context.options.verify;
  const findings: Finding[] = [];
  const passes: readonly TrialOptions['rows'][] = rows === undefined ? [undefined] : [undefined, rows];
  for (const fill of passes) {
    const trial: TrialOptions = {
      ...common,
      rows: fill,
      schemaAt: (revisions) => rehearse(context, { ...common, at: revisions }, schemaOf),
    };
    const { findings: found, losses } = await rehearse(context, { ...common, at }, (scratch) =>
      tryRevision(scratch, scripts, id, trial),
    );
    const beyond = await lossesBeyondReplaced(context, scripts, id, losses, { ...common, rows: fill });
    const isNew = ({ rule, direction }: Finding): boolean =>
      !findings.some((other) => other.rule === rule && other.direction === direction);
    findings.push(...[...found.filter(({ rule }) => rule !== ROWS_LOST), ...beyond].filter(isNew));
  }
  return findings;
}

/** The proof as a sentence for the head of the file. */
function certificateOf(
  { engine, schema, places, isAll, connection }: SquashProof,
  _: number,
  all: readonly unknown[],
): string {
  const where = all.length > 1 ? `${engine} for the connection ${connection}` : engine;
  const from = isAll ? `each of the ${places} places` : `${places} places`;
  return `Proven on ${where}: it and what it replaces lead to the schema ${schema} and to the same rows, from ${from} at which a database may stand.`;
}

import { createHash } from 'node:crypto';
import { Utils } from '@mikro-orm/sql';
import { type RevisionChain } from '../rehearsal/revision-chain.js';
import { type PlannedStep } from '../revision/planned-step.js';
import { planHere } from '../revision/relabelled-plan.js';
import { planUpgrade, upgradeTargets } from '../revision/upgrade-plan.js';
import { targetFor } from '../revision/target.js';
import { type FileText, folderTexts, relativeImports } from '../script/folder-texts.js';
import { type RevisionScript } from '../script/revision-script.js';
import { isWithin } from '../script/version-locations.js';
import { type CommandContext, type Common, version } from './command-context.js';
import { directoryOf, namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';

/** An upgrade from an empty database, before it runs. */
export interface RehearsedChain extends RevisionChain {
  /** The revisions to upgrade to, by their ids, one after the other. */
  readonly targets: readonly string[];
  /** The number of steps that this takes. */
  readonly length: number;
}

/**
 * What a database holds that is upgraded from nothing to some revisions, told by the files and the options.
 *
 * @param at The revisions, in the order in which it is upgraded to them.
 * @param servicesText What the services of revisions do.
 */
export async function chainOf(
  context: CommandContext,
  common: Common,
  at: readonly string[],
  servicesText?: string,
): Promise<RehearsedChain> {
  const { connection, options, fileSystem: fs, orm } = context;
  const { versionTable, versionTableSchema, history, transactionPerMigration, scratch, registry } = options;
  const config = orm.config;
  const { prepare, snapshots } = scratch;
  // applications that prepare nothing have their empty databases in common
  const preparation = digestOf([
    version,
    Utils.getORMVersion(),
    versionTableSchema,
    prepare === undefined ? null : [String(prepare), snapshots.key],
  ]);
  const base: unknown[] = [
    version,
    Utils.getORMVersion(),
    connection,
    { versionTable, versionTableSchema, history, transactionPerMigration, registry: registry.text },
    [config.get('schema'), config.get('timezone'), config.get('charset'), config.get('collate')],
    snapshots.key,
    common.xArguments ?? {},
    servicesText ?? null,
  ];
  if (at.length === 0) return { preparation, base: digestOf(base), links: [], targets: [], length: 0 };
  const scripts = await readScripts(context, common);
  const { graph, directory } = scripts;
  const { targets, steps } = namingHeads(scripts, () => stepsTo(graph, at));
  // what a bundled revision takes from elsewhere is part of the bundle
  if (directory.isBundled) return { preparation, base: digestOf(base), links: [], targets, length: steps.length };
  const folders = [directoryOf(context, common), ...directory.versionLocations];
  const own = new Set([...graph.scripts].map(({ path }) => path));
  const beside = await filesBeside(folders, own, fs);
  const leadsOut = (file: Pick<FileText, 'path' | 'text'>): boolean =>
    relativeImports(file).some((path) => !folders.some((folder) => isWithin(folder, path)));
  base.push(beside.map(({ name, text }) => [name, text]));
  const links: string[] = [];
  const isAllTold = snapshots.key !== '';
  for (const { direction, revision, rows } of !isAllTold && beside.some(leadsOut) ? [] : steps) {
    const script = revision === null ? undefined : graph.script(revision);
    if (script === undefined) break;
    const { id, path, source } = script;
    // what it takes from elsewhere may have changed
    if (!isAllTold && leadsOut({ path, text: await fs.readText(path) })) break;
    const renamed = direction === 'stamp' || !rows.includes(id) ? ` ${direction} ${rows.join()}` : '';
    links.push(`${id} ${source.digest}${renamed}`);
  }
  return { preparation, base: digestOf(base), links, targets, length: steps.length };
}

/** The steps from an empty database, one target after the other, as upgrades to them take them. */
function stepsTo(
  graph: RevisionScripts['graph'],
  at: readonly string[],
): { readonly targets: readonly string[]; readonly steps: readonly PlannedStep[] } {
  const targets: string[] = [];
  const steps: PlannedStep[] = [];
  let rows: readonly string[] = [];
  const namesIn = (text: string): readonly string[] => graph.replacedNamesIn([text]);
  for (const text of at) {
    const here = graph.at(rows, { names: namesIn(text) });
    for (const id of upgradeTargets(here, targetFor(here, text, 'upgrade'), { start: here.namesHere(rows) })) {
      const planned = planHere(graph, rows, { names: namesIn(id) }, (seen, named) => ({
        steps: planUpgrade(seen, named, targetFor(seen, id, 'upgrade')),
      }));
      targets.push(id);
      steps.push(...planned.steps);
      rows = planned.steps.at(-1)?.rows ?? rows;
    }
  }
  return { targets, steps };
}

/** The files of the script directory and its version locations that are no revisions, which those may read. */
async function filesBeside(
  folders: readonly string[],
  revisions: ReadonlySet<RevisionScript['path']>,
  fs: CommandContext['fileSystem'],
): Promise<readonly FileText[]> {
  const found = new Map<string, FileText>();
  for (const folder of folders) {
    for (const file of await folderTexts(folder, fs)) if (!revisions.has(file.path)) found.set(file.path, file);
  }
  return [...found.values()];
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

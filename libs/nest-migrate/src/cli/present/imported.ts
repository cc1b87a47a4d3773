import { relative } from 'node:path';
import { type ImportFinding, type ImportResult, type ImportStamp } from '../../commands/import-history.js';

const TITLES: Readonly<Record<ImportResult['tool'], string>> = {
  'mikro-orm': 'MikroORM',
  typeorm: 'TypeORM',
  knex: 'Knex',
  prisma: 'Prisma',
  drizzle: 'Drizzle',
  sql: 'plain SQL',
};

/** How many names are told of a list. */
const MOST_NAMES = 5;

interface Told {
  readonly dryRun?: boolean;
  readonly stamp?: boolean;
  readonly unproven?: boolean;
}

/** What `import` read and wrote, a line a step of it. */
export function importedLines(result: ImportResult, { dryRun = false, stamp = false }: Told): readonly string[] {
  const { steps, created, findings, proof, migrations, place, tool, stamped } = result;
  if (stamp) return stamped === null ? [] : [stampedLine(stamped, TITLES[tool], migrations)];
  const lines = [`Read ${count(migrations, 'migration')} of ${TITLES[tool]} in ${shown(place)}.`];
  const blocked = findings.filter(({ direction }) => direction === 'upgrade');
  if (blocked.length > 0) return [...lines, ...blocked.flatMap(findingLines)];
  const classes = steps.filter((step) => step.as === 'class');
  if (steps.length === 0) lines.push('All of them are revisions already.');
  else {
    const ofClasses =
      classes.length === 0
        ? ''
        : `, ${classes.length} of them with a call of ${classes.length === 1 ? 'its class' : 'their classes'}`;
    const wrote = created.length > 0 ? 'Written' : dryRun ? 'Would write' : 'Not written';
    const [first, last] = [created[0], created.at(-1)];
    const where = first === undefined || last === undefined ? '' : `, from ${first.revision} to ${last.revision}`;
    lines.push(`${wrote}: ${count(steps.length, 'revision')}${where}${ofClasses}.`);
    for (const { migration, reason } of classes) lines.push(`  ${migration} ${reason ?? ''}`);
  }
  for (const finding of findings) lines.push(...findingLines(finding));
  if (proof !== null) {
    if (proof.holds) lines.push(provenLine(result));
    lines.push(...(proof.failure === null ? [] : [proof.failure]), ...proof.differences);
  }
  if (stamped !== null) lines.push(stampedLine(stamped, TITLES[tool], migrations));
  return lines;
}

/** Why an import failed. */
export function importFailure({ findings, proof, stamped }: ImportResult): string {
  const blocked = findings.filter(({ direction }) => direction === 'upgrade').length;
  if (blocked > 0) {
    return `${count(blocked, 'migration')} can't be imported as ${blocked === 1 ? 'it is' : 'they are'}, so nothing was written.`;
  }
  if (proof?.failure != null) return 'The rehearsal failed, so nothing was written.';
  if (proof?.holds === false) return 'The revisions make another schema than the migrations, so nothing was written.';
  return `This database was not stamped: ${count(stamped?.missing.length ?? 0, 'migration')} before the last that was applied did not run.`;
}

/** What is to be known beside the result. */
export function importNotes(
  { findings, proof, stamped, created, steps, tool }: ImportResult,
  { group, unproven = false, dryRun = false }: Told & { readonly group: string },
): readonly string[] {
  const notes: string[] = [];
  if (findings.some(({ direction }) => direction === 'upgrade')) return notes;
  if (proof?.failure?.includes('own migrator fails') === true)
    notes.push('A history that makes no new database can be kept all the same: --unproven writes it.');
  if (proof !== null && proof.otherValues.length > 0)
    notes.push(`The same number of rows with other values, such as the time of the run: ${some(proof.otherValues)}.`);
  if (unproven && created.length > 0) notes.push('Nothing was proven: the revisions were not run.');
  const inPlace = steps.flatMap(({ path }) =>
    path === null || /[\\/]imported[\\/][^\\/]*$/.test(path) ? [] : shown(path),
  );
  if (inPlace.length > 0 && created.length > 0)
    notes.push(`Keep and ship what is called where it is, since it imports other files: ${some(inPlace)}.`);
  if (steps.some((step) => step.as === 'class') && created.length > 0)
    notes.push('Keep @mikro-orm/migrations among the dependencies: classes that are called extend it.');
  if (stamped !== null) notes.push(...stampNotes(stamped, tool, group));
  if (created.length > 0)
    notes.push(`Next: ${group} check, then commit the revisions. On each other database: ${group} import --stamp.`);
  else if (dryRun && proof?.holds === true) notes.push('Nothing was written.');
  return notes;
}

function stampNotes(
  { table, unknown, missing, outOfOrder }: ImportStamp,
  tool: ImportResult['tool'],
  group: string,
): readonly string[] {
  const notes: string[] = [];
  if (missing.length > 0)
    notes.push(
      `Not applied here: ${some(missing)}. Let ${TITLES[tool]} apply ${missing.length === 1 ? 'it' : 'them'}, or say by hand what counts: ${group} stamp <revision>.`,
    );
  if (unknown.length > 0)
    notes.push(`${table ?? ''} has ${count(unknown.length, 'name')} of which there is no revision: ${some(unknown)}.`);
  if (outOfOrder.length > 0)
    notes.push(`Applied here before others that now come first: ${some(outOfOrder)}. All of them count as applied.`);
  return notes;
}

function stampedLine({ table, applied, revision, written, missing }: ImportStamp, title: string, all: number): string {
  if (table === null) return `This database was left alone: it has no table of ${title}.`;
  if (applied === 0) return `This database was left alone: ${table} is empty.`;
  if (missing.length > 0) return `This database was left alone: ${table} has ${applied} of ${all}, with gaps.`;
  if (revision === null) return `This database was left alone: ${table} has none of these migrations.`;
  const where = `${table} has ${applied} of ${all}`;
  return written
    ? `Stamped ${revision}: ${where}.`
    : `This database stands at ${revision} already, or further on: ${where}.`;
}

function provenLine({ proof, tool }: ImportResult): string {
  const { engine = '', comparedWith, schema } = proof ?? {};
  const hash = (schema ?? '').slice(0, 12);
  return comparedWith === 'tool'
    ? `Proven on ${engine}: ${TITLES[tool]}'s own migrator and the revisions lead to one schema (fingerprint ${hash}) and to as many rows.`
    : `Tried on ${engine}: the revisions run on an empty database (fingerprint ${hash}). ${TITLES[tool]} itself was not run.`;
}

function findingLines({ migration, direction, path, line, reason, cure }: ImportFinding): readonly string[] {
  const where = path === null ? migration : `${shown(path)}${line === null ? '' : `:${line}`}`;
  const what = direction === 'upgrade' ? `It ${reason}.` : `It ${reason}, so that the revision can't be undone.`;
  return [where, `  ${what}`, `  ${cure}`];
}

function shown(path: string): string {
  return path.startsWith('the option') ? path : relative(process.cwd(), path) || '.';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function some(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest <= 1 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more`;
}

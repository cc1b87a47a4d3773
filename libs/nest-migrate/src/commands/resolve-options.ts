import { type BundledRevision } from '../script/bundled-revision.js';
import { randomBytes } from 'node:crypto';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { journalTableName } from '../runtime/own-tables.js';
import { checkTimezone } from '../script/creation-time.js';
import { checkFileTemplate } from '../script/revision-file-name.js';
import { scriptPlaces } from './script-places.js';
import { operationRegistry } from './operation-definitions.js';
import { resolveDdl } from './resolve-ddl.js';
import { resolveHooks } from './resolve-hooks.js';
import { resolveProbe } from './resolve-probe.js';
import { resolveScratch } from './resolve-scratch.js';
import { resolveBootPlan } from './resolve-boot-plan.js';
import { resolveSchemaChange } from './resolve-schema-change.js';
import { resolveVerification } from './resolve-verification.js';
import { checkPostWriteHooks } from './check-post-write-hooks.js';
import { type MigrationModuleOptions, type ResolvedOptions, type ServiceToken } from './options.js';

/** The name of the version table, unless the options say otherwise. */
export const DEFAULT_VERSION_TABLE = 'nest_migrate_version';

const known: Record<keyof MigrationModuleOptions, true> = {
  directory: true,
  versionLocations: true,
  onBootstrap: true,
  target: true,
  whenAhead: true,
  waitTimeout: true,
  probe: true,
  history: true,
  drift: true,
  versionTable: true,
  versionTableSchema: true,
  transactionPerMigration: true,
  lockWaitTimeout: true,
  ddl: true,
  lock: true,
  services: true,
  operations: true,
  fileTemplate: true,
  revisions: true,
  production: true,
  online: true,
  existingTables: true,
  onlineSchemaChange: true,
  headsFile: true,
  truncateSlugLength: true,
  timezone: true,
  revisionId: true,
  includeObject: true,
  includeName: true,
  compareType: true,
  compareServerDefault: true,
  renderItem: true,
  renderColumn: true,
  processRevisionDirectives: true,
  onVersionApply: true,
  onEvent: true,
  configure: true,
  postWriteHooks: true,
  scratch: true,
  verify: true,
  plan: true,
};

/**
 * Checks the module's options and fills in every default.
 *
 * @param base What relative folders are resolved against, absolute.
 * @throws InvalidOptionError naming the option.
 */
export function resolveOptions(
  options: MigrationModuleOptions,
  base: string,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedOptions {
  for (const option of Object.keys(options)) {
    if (option in known) continue;
    const meant = nearestName(option, Object.keys(known));
    const cure = meant === undefined ? `There are: ${Object.keys(known).join(', ')}.` : `Did you mean '${meant}'?`;
    throw new InvalidOptionError(option, 'is not known', cure);
  }
  return {
    ...scriptPlaces(options, base, env),
    revisions: bundledRevisions(options.revisions),
    onBootstrap:
      choice('onBootstrap', options.onBootstrap, ['off', 'verify', 'wait', 'upgrade'], {
        name: 'NEST_MIGRATE_ON_BOOTSTRAP',
        value: env['NEST_MIGRATE_ON_BOOTSTRAP'],
      }) ?? 'off',
    target: options.target ?? 'head',
    whenAhead: choice('whenAhead', options.whenAhead, ['start', 'refuse'], {
      name: 'NEST_MIGRATE_WHEN_AHEAD',
      value: env['NEST_MIGRATE_WHEN_AHEAD'],
    }),
    waitTimeout: milliseconds('waitTimeout', options.waitTimeout ?? 300_000),
    probe: options.probe === undefined ? undefined : resolveProbe(options.probe),
    history: options.history ?? true,
    drift: choice('drift', options.drift, ['hash']),
    versionTable: versionTableName(options.versionTable ?? DEFAULT_VERSION_TABLE),
    versionTableSchema:
      options.versionTableSchema === undefined ? undefined : nonEmpty('versionTableSchema', options.versionTableSchema),
    production: options.production ?? false,
    transactionPerMigration: options.transactionPerMigration ?? true,
    lockWaitTimeout: milliseconds('lockWaitTimeout', options.lockWaitTimeout ?? 60_000),
    ddl: resolveDdl(options.ddl ?? {}),
    lock: choice('lock', options.lock, ['session', 'transaction']) ?? 'session',
    services: services(options.services ?? {}),
    registry: operationRegistry(options.operations ?? []),
    headsFile: options.headsFile ?? false,
    online: options.online ?? false,
    existingTables: options.existingTables ?? false,
    onlineSchemaChange: resolveSchemaChange(options.onlineSchemaChange),
    fileTemplate: fileTemplate(options.fileTemplate ?? '%(rev)s_%(slug)s'),
    truncateSlugLength: characters('truncateSlugLength', options.truncateSlugLength ?? 40),
    timezone: timezone(options.timezone ?? 'UTC'),
    revisionId: generator(options.revisionId ?? (() => randomBytes(6).toString('hex'))),
    ...resolveHooks(options),
    postWriteHooks: checkPostWriteHooks(options.postWriteHooks ?? []),
    scratch: resolveScratch(options.scratch, base),
    verify: resolveVerification(options.verify ?? {}),
    plan: resolveBootPlan(options.plan ?? {}),
  };
}

function bundledRevisions(given: MigrationModuleOptions['revisions']): ResolvedOptions['revisions'] {
  const isEntry = (entry: unknown): boolean => {
    const { file, digest, module } = Object(entry) as Partial<BundledRevision>;
    return typeof file === 'string' && typeof digest === 'string' && typeof module === 'object' && module !== null;
  };
  if (given === undefined || (Array.isArray(given) && given.every(isEntry))) return given;
  throw new InvalidOptionError(
    'revisions',
    'is no list of bundled revisions',
    'Import the one that nest-migrate bundle writes.',
  );
}

/** One of a few words. The environment variable overrides the option. */
function choice<T extends string>(
  option: string,
  given: T | undefined,
  choices: readonly T[],
  override?: { readonly name: string; readonly value: string | undefined },
): T | undefined {
  const isOverridden = override?.value !== undefined && override.value !== '';
  const value = isOverridden ? override.value : given;
  if (value === undefined || choices.some((one) => one === value)) return value as T | undefined;
  const words = choices.map((one) => `'${one}'`);
  const name = isOverridden ? `${option} (${override?.name})` : option;
  throw new InvalidOptionError(name, `can't be '${value}'`, `Use ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`);
}

function nonEmpty(option: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new InvalidOptionError(option, 'is empty');
  return value;
}

/** MikroORM's own `migrations.tableName` takes `schema.table`; here each has an option. */
function tableName(name: string): string {
  const [schema = '', ...table] = nonEmpty('versionTable', name).split('.');
  if (table.length === 0) return name;
  throw new InvalidOptionError(
    'versionTable',
    `holds a dot: '${name}'`,
    `Is it versionTable: '${table.join('.')}' and versionTableSchema: '${schema}'?`,
  );
}

/** PostgreSQL has the shortest limit for names. It cuts a longer name without an error. */
const LONGEST_NAME = 63;

/** The tool's other tables are named after it. */
function versionTableName(name: string): string {
  const longest = journalTableName(tableName(name));
  if (Buffer.byteLength(longest) <= LONGEST_NAME) return name;
  const problem = `leaves no room for the names of the other tables: '${longest}'`;
  throw new InvalidOptionError('versionTable', problem, 'Give it a shorter name.');
}

function milliseconds(option: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) throw new InvalidOptionError(option, `is not a number from 0 on: ${value}`);
  return value;
}

function services(listed: Readonly<Record<string, ServiceToken | undefined>>): ReadonlyMap<string, ServiceToken> {
  const tokens = new Map<string, ServiceToken>();
  for (const [name, token] of Object.entries(listed)) {
    // a circular import leaves this; Nest would say that it can't find `undefined`
    if (token == null) {
      throw new InvalidOptionError(
        'services',
        `names no provider for '${name}'`,
        'Is the class imported, and from a file that does not import this one?',
      );
    }
    tokens.set(name, token);
  }
  return tokens;
}

function fileTemplate(template: string): string {
  checkFileTemplate(nonEmpty('fileTemplate', template));
  return template;
}

function characters(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, `is no whole number from 0 on: ${value}`, '0 is the default, 40.');
}

function timezone(name: string): string {
  checkTimezone(name);
  return name;
}

function generator(revisionId: () => string): () => string {
  if (typeof revisionId === 'function') return revisionId;
  throw new InvalidOptionError('revisionId', 'is no function', 'It has to be one that returns an id.');
}

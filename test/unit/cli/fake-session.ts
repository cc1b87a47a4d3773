import { type RevisionInfo, type RunResult } from '../../../libs/nest-migrate/src/commands/results.js';
import { type Connection, type MigrationCommands } from '../../../libs/nest-migrate/src/cli/connections.js';
import { TerminalLogger } from '../../../libs/nest-migrate/src/cli/db-logger.js';
import { groupArguments } from '../../../libs/nest-migrate/src/cli/db-arguments.js';
import { runSession } from '../../../libs/nest-migrate/src/cli/run-session.js';
import { type DbCommandStreams } from '../../../libs/nest-migrate/src/cli/streams.js';
import { Terminal } from '../../../libs/nest-migrate/src/cli/terminal.js';

/** A call that reached the service, without the options that every call carries. */
export interface Call {
  readonly connection: string;
  readonly method: string;
  readonly options: Record<string, unknown>;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
  /** Whether the application was started. */
  readonly booted: boolean;
  readonly closed: boolean;
}

export interface FakeSettings {
  readonly connections?: readonly string[];
  /** Answers of the service, by method; a function that throws is a failure. */
  readonly answers?: { readonly [K in keyof MigrationCommands]?: (options: never, connection: string) => unknown };
  readonly group?: string;
  readonly env?: Record<string, string>;
  readonly streams?: Partial<Pick<DbCommandStreams, 'stdin'>> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly signal?: AbortSignal;
  /** As if the process had been started so. */
  readonly launchedBy?: Record<string, string>;
}

const nothingDone: RunResult = { before: ['aaaa1'], rows: ['aaaa1'], steps: [] };

const defaults: { readonly [K in keyof MigrationCommands]: () => unknown } = {
  init: () => ({ created: ['/app/migrations/versions'] }),
  revision: () => ({ created: [revisionInfo({ revision: 'new01' })] }),
  migrate: () => ({ operations: [], candidates: [], warnings: [], created: [], source: [], differences: [] }),
  merge: () => ({ created: [revisionInfo({ revision: 'mrg01' })] }),
  upgrade: () => nothingDone,
  downgrade: () => nothingDone,
  stamp: () => nothingDone,
  createDatabase: () => ({ database: 'library', created: true }),
  bundle: () => ({ path: 'migrations/index.ts', revisions: 2, changed: true }),
  fresh: () => ({ before: [], rows: ['a'], steps: [], dropped: ['table book'], seeded: null }),
  ensureVersion: () => ({ created: true }),
  mark: () => ({ mark: 'production', changed: true }),
  check: () => ({ operations: [], candidates: [], warnings: [], altered: [], published: [], clean: true }),
  plan: () => ({ worst: null, rows: [], revisions: [], findings: [], statistics: null }),
  lint: () => ({ worst: null, rows: null, revisions: [], findings: [], statistics: null }),
  stats: () => ({ server: 'PostgreSQL 15', readAt: '', replicas: null, maxRowVersions: null, tables: [] }),
  fingerprint: () => ({ hash: '', text: '' }),
  repair: () => ({ altered: [], accepted: [] }),
  edit: () => [],
  listTemplates: () => [],
  current: () => ({ rows: [], revisions: [], atHead: true }),
  status: () => ({
    standing: 'head',
    rows: [],
    pending: [],
    unknown: [],
    unfinished: null,
    lock: null,
    last: null,
    mark: null,
    squashes: [],
  }),
  heads: () => [],
  branches: () => [],
  history: () => [],
  graph: () => ({ connection: 'default', rows: null, unknown: [], revisions: [], plan: null }),
  show: () => [],
  at: () => ({ revisions: [], hash: '', text: '' }),
  drift: () => ({
    clean: true,
    rows: [],
    differences: [],
    repair: { operations: [], sql: [] },
    accept: { operations: [], sql: [] },
  }),
  verify: () => ({ clean: true, revisions: [], findings: [] }),
  rebase: () => ({ rebased: [], conflicts: [], unrecorded: [] }),
  import: () => ({
    tool: 'mikro-orm',
    place: 'src/migrations',
    migrations: 0,
    steps: [],
    created: [],
    findings: [],
    clean: true,
    proof: null,
    stamped: null,
  }),
  squash: () => ({ created: [], source: [], replaces: [], elided: [], clean: true, proofs: [] }),
  blame: () => ({ touched: [], unrecorded: [] }),
  // each has a script directory of its own
  schemaChange: () => ({ verdict: 'same', differences: [] }),
  connections: () => ['default'],
};

/** A revision as commands report it, with nothing special about it. */
export function revisionInfo(parts: Partial<RevisionInfo> & { revision: string }): RevisionInfo {
  return {
    downRevision: [],
    dependsOn: [],
    branchLabels: [],
    message: `rev ${parts.revision}`,
    createDate: null,
    path: `/abs/m/versions/${parts.revision}_.ts`,
    children: [],
    isHead: false,
    isEffectiveHead: false,
    isBase: false,
    isBranchPoint: false,
    isMergePoint: false,
    isCurrent: null,
    replaces: [],
    replacedBy: null,
    irreversible: null,
    elidable: false,
    accept: [],
    ...parts,
  };
}

/** Runs a `db` command line against a service that only records what it is asked. */
export async function db(argv: readonly string[], settings: FakeSettings = {}): Promise<Outcome> {
  const { connections = ['default'], answers = {}, group = 'db', env = {}, streams = {} } = settings;
  const calls: Call[] = [];
  const written = { stdout: '', stderr: '' };
  const state = { booted: false, closed: false };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => void (written[name] += text),
    isTTY: streams.isTTY,
    columns: streams.columns,
  });
  const terminal = new Terminal({ stdout: stream('stdout'), stderr: stream('stderr'), stdin: streams.stdin }, env);

  const fake = (connection: string): MigrationCommands => {
    const methods = (Object.keys(defaults) as (keyof MigrationCommands)[]).map((method) => [
      method,
      async (options: Record<string, unknown>) => {
        const { signal: _signal, onEvent: _onEvent, ...visible } = options;
        if (method !== 'connections') calls.push({ connection, method, options: dropAbsent(visible) });
        const answer = answers[method] as ((options: unknown, connection: string) => unknown) | undefined;
        return answer === undefined ? defaults[method]() : await answer(options, connection);
      },
    ]);
    return Object.fromEntries(methods) as MigrationCommands;
  };
  const code = await runSession(
    {
      group,
      terminal,
      logger: new TerminalLogger(terminal),
      signal: settings.signal ?? new AbortController().signal,
      launchedBy: settings.launchedBy,
      boot: async () => {
        state.booted = true;
        return {
          connections: connections.map((name): Connection => ({ name, migrations: fake(name) })),
          close: async () => void (state.closed = true),
        };
      },
    },
    groupArguments(argv, group),
  );
  return { code, ...written, calls, ...state };
}

/** The one call that a command line leads to, without empty `xArguments`. */
export async function callOf(argv: readonly string[], settings?: FakeSettings): Promise<Call> {
  const { calls, stderr } = await db(argv, settings);
  if (calls.length !== 1) throw new Error(`${calls.length} calls: ${stderr}`);
  return calls[0];
}

function dropAbsent(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => value !== undefined && !(name === 'xArguments' && Object.keys(value as object).length === 0),
    ),
  );
}

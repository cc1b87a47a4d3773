import { type Common } from '../../commands/command-context.js';
import { type CommandSession } from '../command-session.js';
import {
  type Connection,
  forEachConnection,
  type MigrationCommands,
  oneConnection,
  severalConnections,
} from '../connections.js';
import { type CommonValues } from '../options/common-options.js';

/** What a command works on: every connection, one of them, a script directory, or nothing of the application. */
export interface Scope<P> {
  /**
   * Does the work at each place that the command is about. Returns what `--json` prints: what the work returned, or an
   * object by the connections' names where there are several.
   *
   * @param work `label` starts a line about the place: `[name] ` where there are several, else empty.
   */
  readonly over: (call: ScopedCall, work: (place: P, label: string) => Promise<unknown>) => Promise<unknown>;
}

/** A call of a command, as its scope sees it. */
export interface ScopedCall {
  readonly session: CommandSession;
  /** The command's name. */
  readonly command: string;
  readonly given: CommonValues;
  /** Makes the options that every method of the service takes. `name` is the connection's, where there are several. */
  readonly optionsFor: (name?: string) => Common;
}

/** A connection, for a command that works on it. */
export interface OnConnection {
  readonly migrations: MigrationCommands;
  /** The options that every method of the service takes. */
  readonly common: Common;
}

/** A script directory, for a command that works on it. */
export interface OnDirectory extends OnConnection {
  /** The names of the connections that share the directory, where several do. */
  readonly connections?: readonly string[];
}

/** What a command gets that starts nothing of the application. */
export type OnNothing = Record<never, never>;

/** Every connection, or the one that was named. Where there are several, a header on stderr says which is next. */
export const eachDatabase: Scope<OnConnection> = {
  over: (call, work) => overConnections(call, { header: 'note' }, work),
};

/** As {@link eachDatabase} for a command that only reads: the header is a part of the result. */
export const eachResult: Scope<OnConnection> = {
  over: (call, work) => overConnections(call, { header: 'result' }, work),
};

/** As {@link eachResult} where no database is asked: connections that share a script directory have one result. */
export const resultOfDirectory: Scope<OnConnection> = {
  over: async (call, work) => {
    const context = (await isShared(call)) ? (await call.session.connections())[0]?.name : call.given.context;
    return overConnections({ ...call, given: { ...call.given, context } }, { header: 'result' }, work);
  },
};

/** The one connection there is, or that was named: a script (`--sql`) is for one engine, an editor for one person. */
export const oneDatabase: Scope<OnConnection> = {
  over: async ({ session, command, given, optionsFor }, work) => {
    const path = `${session.group} ${command}`;
    const { migrations } = oneConnection(await session.connections(), given.context, path);
    return work({ migrations, common: optionsFor() }, '');
  },
};

/**
 * Every connection where all share a script directory, else as {@link oneDatabase}: a symbol means something else in
 * each directory.
 */
export const databasesOfDirectory: Scope<OnConnection> = {
  over: async (call, work) => ((await isShared(call)) ? eachDatabase : oneDatabase).over(call, work),
};

/** Once for all connections where they share a script directory, else as {@link oneDatabase}. */
export const scriptDirectory: Scope<OnDirectory> = {
  over: async (call, work) => {
    const connections = await call.session.connections();
    const [first] = connections;
    if (first === undefined || !(await isShared(call))) return oneDatabase.over(call, work);
    return work({ ...placeOf(first, call), connections: connections.map(({ name }) => name) }, '');
  },
};

/** Nothing: the application is not started. */
export const nothing: Scope<OnNothing> = { over: (_, work) => work({}, '') };

async function overConnections(
  call: ScopedCall,
  { header }: { readonly header: 'note' | 'result' },
  work: (place: OnConnection, label: string) => Promise<unknown>,
): Promise<unknown> {
  const { session, given } = call;
  const connections = severalConnections(await session.connections(), given.context);
  const several = connections.length > 1;
  const results = new Map<string, unknown>();
  await forEachConnection(connections, async (connection) => {
    const { name } = connection;
    if (several) session.terminal[header](`[${name}]`);
    const place = placeOf(connection, call, several ? name : undefined);
    results.set(name, await work(place, several ? `[${name}] ` : ''));
  });
  return several ? Object.fromEntries(results) : [...results.values()][0];
}

function placeOf({ migrations }: Connection, { optionsFor }: ScopedCall, name?: string): OnConnection {
  return { migrations, common: optionsFor(name) };
}

/** Whether the command is about several connections, and one script directory is that of all. */
async function isShared({ session, command, given, optionsFor }: ScopedCall): Promise<boolean> {
  const connections = await session.connections();
  const [first] = connections;
  if (given.context !== undefined || first === undefined || connections.length < 2) return false;
  const names = await first.migrations.connections({ ...optionsFor(), command });
  return names.length === connections.length;
}

import { ContextRequiredError, UnknownContextError } from '../errors/usage.errors.js';
import { type MigrationService } from '../nest/migration.service.js';

/** The service as the commands use it. */
export type MigrationCommands = Pick<MigrationService, keyof MigrationService>;

/** One connection of the application. */
export interface Connection {
  /** MikroORM's `contextName`; `default` where there is none. */
  readonly name: string;
  readonly migrations: MigrationCommands;
}

/** The connections that a command takes which can take all: all of them in the order of registration, or the named one. */
export function severalConnections(
  connections: readonly Connection[],
  context: string | undefined,
): readonly Connection[] {
  return context === undefined ? connections : [named(connections, context)];
}

/**
 * The connection that a command takes which can only take one.
 *
 * @throws ContextRequiredError where there are several and none was named.
 */
export function oneConnection(
  connections: readonly Connection[],
  context: string | undefined,
  command: string,
): Connection {
  if (context !== undefined) return named(connections, context);
  const [only, ...others] = connections;
  if (only === undefined || others.length > 0) throw new ContextRequiredError(command, namesOf(connections));
  return only;
}

/** Says which connections a command had done when one failed. */
export class OneOfSeveralFailed extends Error {
  constructor(
    readonly connection: string,
    readonly done: readonly string[],
    readonly left: readonly string[],
    cause: unknown,
  ) {
    super(`${connection} failed`, { cause });
  }
}

/** Works on one connection after the other and stops at the first that fails. */
export async function forEachConnection(
  connections: readonly Connection[],
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  for (const [index, connection] of connections.entries()) {
    try {
      await work(connection);
    } catch (error) {
      if (connections.length === 1) throw error;
      const names = namesOf(connections);
      throw new OneOfSeveralFailed(connection.name, names.slice(0, index), names.slice(index + 1), error);
    }
  }
}

function named(connections: readonly Connection[], context: string): Connection {
  const connection = connections.find(({ name }) => name === context);
  if (connection === undefined) throw new UnknownContextError(context, namesOf(connections));
  return connection;
}

function namesOf(connections: readonly Connection[]): readonly string[] {
  return connections.map(({ name }) => name);
}

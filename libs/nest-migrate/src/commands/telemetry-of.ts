import { HEADS } from '../revision/symbol.js';
import { standing } from '../revision/standing.js';
import { type DialectName } from '../engines/dialect-name.js';
import { isTelemetryWanted, type Telemetry, telemetryFor } from '../runtime/telemetry.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionScripts } from './revision-scripts.js';

export { flushTelemetry } from '../runtime/telemetry.js';

/** The engines by the names that OpenTelemetry has for them. */
const SYSTEMS: Readonly<Record<DialectName, string>> = {
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
};

/**
 * What tells OpenTelemetry of the runs of a context; `undefined` where the application has registered no SDK of it, and for
 * a scratch database.
 */
export async function telemetryOf(context: CommandContext): Promise<Telemetry | undefined> {
  if (!isTelemetryWanted() || context.isScratch === true) return undefined;
  const { name, capabilities, sql } = databaseOf(context).engine;
  const about = { connection: context.connection, system: SYSTEMS[name], rules: sql.rules };
  if (capabilities.singleConnection) return telemetryFor(about);
  const { host, port, database: namespace } = context.orm.em.getConnection().getConnectionOptions();
  return telemetryFor({ ...about, namespace, host, port });
}

/** How many revisions an upgrade to all heads would apply; `undefined` where that cannot be told. */
export function pendingIn({ graph: all }: RevisionScripts, rows: readonly string[]): number | undefined {
  if (all.revisions.length === 0) return 0;
  try {
    const graph = all.at(rows);
    const found = standing(graph, graph.namesHere(rows), HEADS, new Map());
    return found.kind === 'behind' ? found.pending.length : found.kind === 'reached' ? 0 : undefined;
  } catch {
    // the command itself says what is wrong
    return undefined;
  }
}

/** Measures how many revisions a database lacks, where the application listens. */
export async function tellPending(
  context: CommandContext,
  scripts: RevisionScripts,
  rows: readonly string[],
): Promise<void> {
  const telemetry = await telemetryOf(context);
  const count = telemetry === undefined ? undefined : pendingIn(scripts, rows);
  if (count !== undefined) telemetry?.pending(count);
}

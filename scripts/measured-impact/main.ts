/**
 * Writes docs/measured-impact.md: what the statements of each verb do on each engine, measured, and what squawk and pgfence say of
 * PostgreSQL's.
 *
 *     npm run docs:impact
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { measureCases } from '../../test/integration/impact/measured-cases.ts';
import { createDatabase, SERVERS_VARIABLE } from '../../test/support/databases.ts';
import { scratchOption } from '../../test/support/rehearsals.ts';
import { startPostgres18 } from '../../test/support/servers/index.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';
import { sayings } from './other-tools.ts';
import { type Compared, impactPage, type MeasuredEngine } from './page.ts';

const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
const servers = await startServers({ onProgress });
process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
const newest = await startPostgres18({ onProgress });
try {
  const engines: MeasuredEngine[] = [];
  const versionOf = (engine: string): string => servers.find((server) => server.engine === engine)?.version ?? '';
  const measure = async (title: string, ...[engine, options]: Parameters<typeof measureCases>): Promise<void> => {
    onProgress(`Measuring on ${title} ...`);
    engines.push({ title, cases: await measureCases(engine, options) });
  };
  await measure(`PostgreSQL ${versionOf('postgres')}`, 'postgres', { scratch: scratchOption('postgres') });
  const database = await createDatabase('postgres', { server: newest });
  await measure(`PostgreSQL ${newest.version}`, 'postgres', { database, scratch: database.url });
  await measure('PGlite', 'pglite', { scratch: undefined });
  await measure(`MySQL ${versionOf('mysql')}`, 'mysql', { scratch: scratchOption('mysql') });
  await measure(`MariaDB ${versionOf('mariadb')}`, 'mariadb', { scratch: scratchOption('mariadb') });
  await measure('SQLite', 'sqlite', { scratch: undefined });

  const statements = engines[0].cases.flatMap((one) => one.statements.map((statement) => ({ one, statement })));
  const said = await sayings(
    statements.map(({ one, statement }) => statement.sql.replaceAll(one.prefix, '')),
    '15',
  );
  const compared = statements.map((row, at): Compared => ({
    ...row,
    squawk: said.squawk[at],
    pgfence: said.pgfence[at],
  }));
  const page = join('docs', 'measured-impact.md');
  const text = impactPage(engines, compared, new Date().toISOString().slice(0, 10));
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
} finally {
  await newest.stop();
  await stopServers(servers);
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type HistorySource, type ImportedMigration, type ImportPlace } from './imported-history.js';
import { foldersIn } from './migration-files.js';
import { statementsOfFile } from './sql-file.js';

/** Where a file of Drizzle is cut into statements. */
const BREAKPOINT = /^-->\s*statement-breakpoint\s*$|-->\s*statement-breakpoint/m;

/** A file of Drizzle, and when it was written, by which its table knows it. */
interface DrizzleFile {
  readonly tag: string;
  readonly file: string;
  readonly when: number | undefined;
}

/** The history of Drizzle Kit: SQL files that a journal lists, or a folder for each of them, without a way back. */
export function drizzleHistory({ fs, base, engine, folder, table }: ImportPlace): HistorySource {
  const place = folder ?? join(base, 'drizzle');
  const files = async (): Promise<readonly DrizzleFile[]> => {
    const journal = join(place, 'meta', '_journal.json');
    if (await fs.exists(journal)) {
      const { entries } = JSON.parse(await fs.readText(journal)) as {
        readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[];
      };
      return [...entries]
        .sort((a, b) => a.idx - b.idx)
        .map(({ tag, when }) => ({ tag, when, file: join(place, `${tag}.sql`) }));
    }
    const found: DrizzleFile[] = [];
    for (const { name, path } of await foldersIn(place, fs)) {
      const file = join(path, 'migration.sql');
      if (await fs.exists(file)) found.push({ tag: name, file, when: undefined });
    }
    return found;
  };
  return {
    tool: 'drizzle',
    title: 'Drizzle',
    place,
    table: { name: table ?? '__drizzle_migrations', ...(engine.capabilities.schemas && { schema: 'drizzle' }) },
    readHistory: async () => {
      const migrations: ImportedMigration[] = [];
      for (const { tag, file } of await files()) {
        migrations.push({
          name: tag,
          file,
          isTransactional: true,
          up: { kind: 'sql', statements: statementsOfFile(await fs.readText(file), engine.sql, { mark: BREAKPOINT }) },
          down: { kind: 'irreversible', reason: 'Drizzle writes no way back' },
        });
      }
      return migrations;
    },
    // the table has the hash of each file, and no name
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<{ hash: string; created_at: number | string | null }[]>(
        `select hash, created_at from ${engine.sql.quote(schema, name)} order by id`,
      );
      const known = await Promise.all(
        (await files()).map(async ({ tag, file, when }) => ({
          tag,
          when,
          hash: createHash('sha256')
            .update(await fs.readText(file))
            .digest('hex'),
        })),
      );
      return rows.map(({ hash, created_at: created }) => {
        const found =
          known.find((one) => one.hash === hash) ??
          known.find(({ when }) => when !== undefined && created !== null && when === Number(created));
        return found?.tag ?? hash;
      });
    },
  };
}

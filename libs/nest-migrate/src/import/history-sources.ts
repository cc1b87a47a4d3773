import { join } from 'node:path';
import { ImportToolUnknownError, MigrationsNotFoundError } from '../errors/import.errors.js';
import { drizzleHistory } from './drizzle-history.js';
import { type HistorySource, type ImportPlace, type ImportTool } from './imported-history.js';
import { knexHistory } from './knex-history.js';
import { filesIn, foldersIn } from './migration-files.js';
import { mikroOrmHistory } from './mikro-orm-history.js';
import { prismaHistory } from './prisma-history.js';
import { sqlFolderHistory } from './sql-folder-history.js';
import { typeOrmHistory } from './typeorm-history.js';

/** One reader a tool. */
const sources: Readonly<Record<ImportTool, (place: ImportPlace) => Promise<HistorySource>>> = {
  'mikro-orm': mikroOrmHistory,
  typeorm: async (place) => typeOrmHistory(place),
  knex: async (place) => knexHistory(place),
  prisma: async (place) => prismaHistory(place),
  drizzle: async (place) => drizzleHistory(place),
  sql: async (place) => sqlFolderHistory(place),
};

/** The tools, as they are named. */
export const importTools = Object.keys(sources) as ImportTool[];

/**
 * The history that is to be imported. Where the tool is not told, the files of the folder tell it, and without a folder it
 * is MikroORM's own migrator.
 *
 * @throws MigrationsNotFoundError | ImportToolUnknownError
 */
export async function historySource(place: ImportPlace, tool?: ImportTool): Promise<HistorySource> {
  return sources[tool ?? (place.folder === undefined ? 'mikro-orm' : await toolOf(place.folder, place))](place);
}

/** The tool by which a folder was written. */
async function toolOf(folder: string, { fs }: ImportPlace): Promise<ImportTool> {
  if ((await fs.stat(folder))?.kind !== 'folder') throw new MigrationsNotFoundError(null, folder);
  const within = await foldersIn(folder, fs);
  if (await fs.exists(join(folder, 'meta', '_journal.json'))) return 'drizzle';
  for (const { path } of within) {
    if (!(await fs.exists(join(path, 'migration.sql')))) continue;
    return (await fs.exists(join(path, 'snapshot.json'))) ? 'drizzle' : 'prisma';
  }
  if ((await filesIn(folder, /\.sql$/i, fs)).length > 0) return 'sql';
  const programs = await filesIn(folder, /^(?!.*\.d\.[mc]?ts$).*\.[mc]?[jt]s$/, fs);
  for (const { path } of programs) {
    const text = await fs.readText(path);
    if (text.includes('@mikro-orm/migrations')) return 'mikro-orm';
    if (/\btypeorm\b|\bqueryRunner\b/.test(text)) return 'typeorm';
    if (/\bknex\b|\bexports\.up\b|\bexport\s+(?:async\s+)?(?:function|const)\s+up\b/.test(text)) return 'knex';
  }
  const reason =
    programs.length + within.length === 0
      ? 'there is no file of a migration in it'
      : 'their files are of none that is known';
  throw new ImportToolUnknownError(folder, reason);
}

import { type ImportTool } from '../../commands/import-history.js';

/** The tools that `--from` names. */
const tools: Readonly<Record<ImportTool, true>> = {
  'mikro-orm': true,
  typeorm: true,
  knex: true,
  prisma: true,
  drizzle: true,
  sql: true,
};

export const importTools = Object.keys(tools) as ImportTool[];

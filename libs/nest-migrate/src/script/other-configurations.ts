import { join } from 'node:path';
import { type Finding } from './application-checks.js';
import { type FileSystem } from './file-system.js';
import { isRecord, readJsonWithComments } from './json-with-comments.js';

/**
 * The places where MikroORM's command line looks for its configuration, unless package.json names one. Build output is
 * left out.
 */
const PLACES = ['', 'src'].flatMap((folder) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => join(folder, `mikro-orm.config.${extension}`)),
);

interface Search {
  /** The folder of package.json. */
  readonly cwd: string;
  readonly versionTable: string;
  readonly versionTableSchema: string | undefined;
  /** The default of `versionTable`. */
  readonly usual: string;
  readonly fs: FileSystem;
}

/**
 * Finds configurations of MikroORM's own command line that name neither `withMigrationTables` nor the version table:
 * with such a configuration, `mikro-orm schema:update` would drop the table. The files are read as text and never run.
 * A file that imports the setting is therefore reported as well, unless a comment in it names the setting.
 */
export async function checkOtherConfigurations(search: Search): Promise<readonly Finding[]> {
  const { cwd, versionTable, versionTableSchema, usual, fs } = search;
  const names = [
    ...(versionTable === usual ? [] : [`versionTable: '${versionTable}'`]),
    ...(versionTableSchema === undefined ? [] : [`versionTableSchema: '${versionTableSchema}'`]),
  ];
  const options = names.length === 0 ? '' : `, { ${names.join(', ')} }`;
  const findings: Finding[] = [];
  for (const path of await configurationPaths(cwd, fs)) {
    const file = join(cwd, path);
    if ((await fs.stat(file))?.kind !== 'file') continue;
    const text = await fs.readText(file);
    if (text.includes('withMigrationTables') || text.includes(versionTable)) continue;
    findings.push({
      problem: `${path} does not name withMigrationTables: with it, mikro-orm schema:update and schema:drop drop ${versionTable}.`,
      cure: `Write into it: import { withMigrationTables } from 'nest-migrate', and: export default withMigrationTables(config${options}).`,
    });
  }
  return findings;
}

/** The files, from the folder of package.json, that may be a configuration of MikroORM's command line. */
export async function configurationPaths(cwd: string, fs: FileSystem): Promise<readonly string[]> {
  const file = join(cwd, 'package.json');
  const manifest = (await fs.exists(file)) ? await readJsonWithComments(file, fs) : undefined;
  const settings = isRecord(manifest) ? manifest['mikro-orm'] : undefined;
  const paths: unknown = isRecord(settings) ? settings['configPaths'] : undefined;
  const listed = Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
  const sources = [...new Set(listed.map((path) => join(path)))].filter((path) => !/^(dist|build)\b/.test(path));
  // a list of build output alone says nothing about where its source is
  return sources.length === 0 ? PLACES : sources;
}

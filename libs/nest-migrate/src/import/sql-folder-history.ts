import { basename } from 'node:path';
import { type HistorySource, type ImportedMigration, type ImportedWork, type ImportPlace } from './imported-history.js';
import { filesIn, type MigrationFile } from './migration-files.js';
import { statementsOfFile } from './sql-file.js';

/** How a way back is marked: by the end of a file's name, by its beginning, or by a line within the file. */
const DOWN_FILE = /(?:[._-](?:down|undo|rollback)\.sql|\.down)$/i;
const UP_END = /(?:[._-](?:up|do))?\.sql$/i;
const DOWN_END = /[._-](?:down|undo|rollback)\.sql$/i;
const UP_LINE = /^--\s*(?:migrate:up|\+goose\s+up|\+micrate\s+up|\+migrate\s+up|UP)\b.*$/im;
const DOWN_LINE = /^--\s*(?:migrate:down|\+goose\s+down|\+micrate\s+down|\+migrate\s+down|DOWN)\b.*$/im;
const OUTSIDE = /^--\s*(?:\+goose\s+no\s+transaction|migrate:up\s+transaction:false)\b/im;

/**
 * A folder of SQL files, which run in the order of their names: with a way back in a file `….down.sql`, or behind a line
 * `-- migrate:down` or `-- +goose Down`. A name such as that of Flyway counts by its version.
 */
export function sqlFolderHistory(place: ImportPlace): HistorySource {
  const { fs, base, folder = base, engine, table } = place;
  return {
    tool: 'sql',
    title: 'SQL files',
    place: folder,
    table: table === undefined ? undefined : { name: table },
    readHistory: async () => {
      const files = [...(await filesIn(folder, /\.sql$/i, fs))].sort((a, b) => byVersion(a.name, b.name));
      const isDown = ({ name }: MigrationFile): boolean => DOWN_FILE.test(name) || /^U\d/.test(name);
      const downs = new Map(files.filter(isDown).map((file) => [nameOf(file.name), file]));
      const migrations: ImportedMigration[] = [];
      for (const file of files.filter((each) => !isDown(each))) {
        const name = nameOf(file.name);
        const text = await fs.readText(file.path);
        const work = (sql: string): ImportedWork => ({ kind: 'sql', statements: statementsOfFile(sql, engine.sql) });
        const back = downs.get(name) ?? downs.get(name.replace(/^V/, 'U'));
        const down = back === undefined ? partsOf(text).down : await fs.readText(back.path);
        migrations.push({
          name,
          file: file.path,
          isTransactional: !OUTSIDE.test(text),
          up: work(partsOf(text).up),
          down:
            down === undefined
              ? { kind: 'irreversible', reason: `${basename(file.path)} has no way back` }
              : work(down),
        });
      }
      return migrations;
    },
    // the first column that has such names tells; which one that is differs from tool to tool
    readApplied: async (connection, { name, schema }) => {
      const rows = await connection.execute<Readonly<Record<string, unknown>>[]>(
        `select * from ${engine.sql.quote(schema, name)}`,
      );
      const names = (await filesIn(folder, /\.sql$/i, fs)).map((file) => nameOf(file.name));
      return rows.map((row) => {
        const texts = Object.values(row).filter((value) => typeof value === 'string' && value !== '');
        const [text = ''] = [row['name'], row['filename'], row['script'], row['version'], row['version_id'], ...texts]
          .filter((value) => ['string', 'number', 'bigint'].includes(typeof value))
          .map(String);
        const name = nameOf(text);
        // some have the number alone
        return (
          names.find((one) => one === name) ?? names.find((one) => one.replace(/^V/, '').startsWith(`${name}_`)) ?? name
        );
      });
    },
  };
}

/** The name without what says which way it leads, and without its ending. */
function nameOf(file: string): string {
  return file.replace(DOWN_END, '').replace(UP_END, '');
}

/** The part of a file for each way. */
function partsOf(text: string): { readonly up: string; readonly down: string | undefined } {
  const up = UP_LINE.exec(text);
  const down = DOWN_LINE.exec(text);
  if (up === null && down === null) return { up: text, down: undefined };
  const begin = up === null ? 0 : up.index + up[0].length;
  if (down === null) return { up: text.slice(begin), down: undefined };
  return { up: text.slice(begin, down.index), down: text.slice(down.index + down[0].length) };
}

/** The order of names, in which numbers count by their value: `2_b` before `10_a`. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);
}

/** Histories of revisions, for the benchmarks of rehearsals. `alembic_verify.py` has the same one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Every tenth revision makes a table, the others add a column, an index or rows. The names are those of one history
 * alone, which would otherwise begin with the snapshot of a shorter one.
 */
function bodiesOf(index: number, count: number): readonly [upgrade: string, downgrade: string] {
  const table = `table_${count}_${Math.floor(index / 10)}`;
  const kind = index % 10;
  if (kind === 0) {
    return [
      `await op.createTable('${table}', { columns: { id: { type: 'integer', primary: true, autoincrement: true }, name: { type: 'string', length: 40 } } });`,
      `await op.dropTable('${table}');`,
    ];
  }
  if (kind === 5) {
    return [
      `await op.createIndex('${table}', ['name'], { name: '${table}_name' });`,
      `await op.dropIndex('${table}', '${table}_name');`,
    ];
  }
  if (kind === 9) {
    return [
      `await op.bulkInsert('${table}', [{ name: 'one' }, { name: 'two' }]);`,
      `await op.execute("delete from ${table} where name in ('one', 'two')");`,
    ];
  }
  return [
    `await op.addColumn('${table}', 'column_${kind}', { type: 'integer', nullable: true });`,
    `await op.dropColumn('${table}', 'column_${kind}');`,
  ];
}

/** Writes a line of revisions into a script directory. */
export async function history(folder: string, count: number): Promise<void> {
  await mkdir(join(folder, 'versions'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (let index = 0; index < count; index += 1) {
    const down = index === 0 ? 'null' : `'r${index - 1}'`;
    const [upgrade, downgrade] = bodiesOf(index, count);
    await writeFile(
      join(folder, 'versions', `r${index}.js`),
      `export const revision = 'r${index}';
export const downRevision = ${down};
export async function upgrade(op) {
  ${upgrade}
}
export async function downgrade(op) {
  ${downgrade}
}
`,
    );
  }
}

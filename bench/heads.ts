/**
 * The processor time of listing the heads of a long history: the program `nest-migrate`, the same command through the
 * compiled test application, and Alembic on a history of the same shape. Whole processes, in turn, in one run.
 *
 *     npm run bench:heads -- --python <interpreter with alembic>
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createDatabase } from '../test/support/databases.ts';
import { temporaryFolder } from '../test/support/projects.ts';
import { usePackedLibrary } from './packed-library.ts';

const { values } = parseArgs({
  options: { python: { type: 'string' }, size: { type: 'string', default: '5000' } },
});
const { python } = values;
if (python === undefined) throw new Error('Say where Alembic is: --python <interpreter>.');
const SIZE = Number(values.size);
const ROUNDS = 7;

/** A command line, with the environment that it needs. */
interface Measured {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function revisionId(index: number): string {
  return index.toString(16).padStart(12, '0');
}

function ours(index: number): string {
  const down = index === 1 ? 'null' : `'${revisionId(index - 1)}'`;
  return `/**
 * revision ${index}
 *
 * Revision ID: ${revisionId(index)}
 */
import type { Operations } from 'nest-migrate';

export const revision = '${revisionId(index)}';
export const downRevision = ${down};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'revision ${index}';
export const createDate = '2026-11-20T10:00:00+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.addColumn('book', 'column_${index}', op.text({ nullable: true }));
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropColumn('book', 'column_${index}');
}
`;
}

function alembics(index: number): string {
  const down = index === 1 ? 'None' : `'${revisionId(index - 1)}'`;
  return `"""revision ${index}

Revision ID: ${revisionId(index)}
Create Date: 2026-11-20 10:00:00
"""
from alembic import op
import sqlalchemy as sa

revision = '${revisionId(index)}'
down_revision = ${down}
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('book', sa.Column('column_${index}', sa.Text(), nullable=True))


def downgrade():
    op.drop_column('book', 'column_${index}')
`;
}

const run = promisify(execFile);

/** The processor time of a process and its children, in milliseconds, by the shell's own clock. */
async function processorTime({ command, env }: Measured, cwd: string): Promise<number> {
  const { stdout, stderr } = await run('bash', ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...command], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  if (!stdout.includes(revisionId(SIZE)))
    throw new Error(`${command.join(' ')} found another head: ${stdout}${stderr}`);
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return (user + system) * 1_000;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

const folder = await temporaryFolder('bench-heads');
const database = await createDatabase('pglite');
try {
  await run(process.execPath, [resolve('node_modules/@nestjs/cli/bin/nest.js'), 'build']);
  usePackedLibrary();
  for (const [versions, extension, text] of [
    ['migrations/versions', 'ts', ours],
    ['alembic/versions', 'py', alembics],
  ] as const) {
    mkdirSync(join(folder.path, versions), { recursive: true });
    for (let index = 1; index <= SIZE; index += 1)
      writeFileSync(join(folder.path, versions, `${revisionId(index)}_revision_${index}.${extension}`), text(index));
  }
  writeFileSync(join(folder.path, 'package.json'), '{ "name": "bench", "type": "module" }');
  writeFileSync(join(folder.path, 'alembic.ini'), '[alembic]\nscript_location = alembic\n');
  writeFileSync(join(folder.path, 'alembic/env.py'), '');

  const dist = resolve('dist');
  const application = { ...database.env, MIGRATIONS_DIRECTORY: join(folder.path, 'migrations') };
  const measured: readonly Measured[] = [
    { name: 'nest-migrate heads', command: ['node', join(dist, 'libs/nest-migrate/src/cli/nest-migrate.js'), 'heads'] },
    { name: 'db heads', command: ['node', join(dist, 'test/application/main.js'), 'db', 'heads'], env: application },
    { name: 'alembic heads', command: [python, '-m', 'alembic', 'heads'] },
  ].map((each) => ({ ...each, command: each.command.map((word) => (word === 'node' ? process.execPath : word)) }));
  const { stdout: alembicVersion } = await run(python, ['-c', 'import alembic; print(alembic.__version__)']);

  const times: number[][] = measured.map(() => []);
  // in turn, so that a machine that slows down slows all of them; the first round fills the caches of compiled code
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, each] of measured.entries()) {
      const took = await processorTime(each, folder.path);
      if (round > 0) times[index].push(took);
    }
  }
  const alembic = median(times.at(-1)!);
  process.stdout.write(
    `Node ${process.version}, Alembic ${alembicVersion.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `load ${loadavg()[0]?.toFixed(0)}; ${SIZE} revisions\n\n| | processor time | to Alembic |\n| --- | ---: | ---: |\n`,
  );
  for (const [index, { name }] of measured.entries()) {
    const sorted = times[index].map(Math.round);
    process.stdout.write(
      `| ${name} | ${Math.round(median(times[index]))} ms (${Math.min(...sorted)}–${Math.max(...sorted)}) | ${(median(times[index]) / alembic).toFixed(2)} |\n`,
    );
  }
} finally {
  await database.drop();
  await folder.remove();
}

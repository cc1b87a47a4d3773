/** The cases as revisions, measured on a scratch database. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/sql';
import { measureSteps } from '../../../libs/nest-migrate/src/commands/measured-statements.ts';
import { type MeasuredStatement } from '../../../libs/nest-migrate/src/engines/impact/impact.ts';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.ts';
import { createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { contextOf } from '../../support/rehearsals.ts';
import { given, revision, type RevisionCode } from '../../support/revision-file.ts';
import { baseOperations, casesFor, type NumberedCase } from './verb-cases.ts';

export interface MeasuredCase extends NumberedCase {
  readonly statements: readonly MeasuredStatement[];
}

export interface MeasureCasesOptions {
  /** A database on another server than the run's. */
  readonly database?: TestDatabase;
  /** The option `scratch`. */
  readonly scratch: string | undefined;
  readonly cases?: readonly NumberedCase[];
}

/** Measures the statements of cases, each case as a revision. */
export async function measureCases(
  engine: Engine,
  { database, scratch, cases = casesFor(engine) }: MeasureCasesOptions,
): Promise<readonly MeasuredCase[]> {
  const before = cases.flatMap((one) => preparing(one));
  const revisions: [string, RevisionCode][] = [
    ['start', applying(before)],
    ...cases.map((one): [string, RevisionCode] => [revisionOf(one), codeOf(one)]),
  ];
  const folder = await temporaryFolder('impact');
  const used = database ?? (await createDatabase(engine));
  const orm = await MikroORM.init({ ...used.options, entities: [], discovery: { warnWhenNoEntities: false } });
  try {
    const versions = join(folder.path, 'migrations', 'versions');
    await mkdir(versions, { recursive: true });
    await writeFile(join(folder.path, 'migrations', 'package.json'), '{ "type": "module" }\n');
    for (const [at, [id, upgrade]] of revisions.entries()) {
      await writeFile(join(versions, `${id}.ts`), revision({ id, down: revisions[at - 1]?.[0] ?? null, upgrade }));
    }
    const statements = await measureSteps(contextOf({ orm, folder }, { scratch }), { at: ['start'] });
    return cases.map((one) => ({
      ...one,
      statements: statements.filter((statement) => statement.revision === revisionOf(one)),
    }));
  } finally {
    await orm.close(true);
    if (database === undefined) await used.drop();
    await folder.remove();
  }
}

/** What a case finds in the database. */
export function preparing({ prefix, before = [] }: NumberedCase): readonly Operation[] {
  return [...baseOperations((name) => prefix + name), ...before];
}

function revisionOf({ prefix }: NumberedCase): string {
  return `r${prefix.replace('_', '')}`;
}

function codeOf({ run, outside = false }: NumberedCase): RevisionCode {
  return outside
    ? given({ run }, (op, values) =>
        op.autocommitBlock(async (inside) => {
          for (const operation of values.run) await inside.invoke(operation);
        }),
      )
    : applying(run);
}

function applying(operations: readonly Operation[]): RevisionCode {
  return given({ operations }, async (op, values) => {
    for (const operation of values.operations) await op.invoke(operation);
  });
}

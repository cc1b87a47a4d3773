/** The cases as revisions, measured on a scratch database. */
import { measureSteps } from '../../../libs/nest-migrate/src/commands/measured-statements.ts';
import { type MeasuredStatement } from '../../../libs/nest-migrate/src/engines/impact/impact.ts';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.ts';
import { type Engine, type TestDatabase } from '../../support/databases.ts';
import { contextOf } from '../../support/rehearsals.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions, scenario } from '../../support/scenario.ts';
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
  const revisions: Revisions = {
    start: applying(before),
    ...Object.fromEntries(cases.map((one) => [revisionOf(one), codeOf(one)])),
  };
  const made = await scenario(engine, { revisions, database });
  try {
    const statements = await measureSteps(contextOf(made, { scratch }), { at: ['start'] });
    return cases.map((one) => ({
      ...one,
      statements: statements.filter(({ revision }) => revision === revisionOf(one)),
    }));
  } finally {
    await made.end();
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

import { errorText } from '../../../errors/thrown.js';
import { type TableAlteration } from '../../../operations/all.js';
import { type Operation } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { alterationGroups } from '../../ddl/alteration-groups.js';
import { type LookOnline, type OnlineStep, warned } from '../../online/online.js';
import { type MeasuredEngine, type MeasuredGroups, measureGroups } from './measured-groups.js';
import { type Verdict } from './verdict.js';

/** Makes the changes on scratch databases, and writes how the server made each as what it must not exceed. */
export function lookOnline(engine: MeasuredEngine): LookOnline {
  return async (sources, functions) => {
    const measured = await measureGroups(sources, functions, engine);
    return (operations) => writeAssertions(measured, engine, operations);
  };
}

function writeAssertions(
  measured: MeasuredGroups,
  { ddl, variant }: MeasuredEngine,
  operations: readonly AnyOperation[],
): readonly OnlineStep[] {
  const groups = alterationGroups(operations as readonly Operation[], ddl.together);
  const begins = new Map<AnyOperation, (typeof groups)[number]>(groups.map((group) => [group[0] as Operation, group]));
  const written: AnyOperation[] = [];
  const batches: (readonly TableAlteration[])[] = [];
  let left = 0;
  for (const operation of operations) {
    if (left > 0) {
      left -= 1;
      continue;
    }
    const plain = begins.get(operation);
    if (plain === undefined) {
      written.push(operation);
      continue;
    }
    left = plain.length - 1;
    // a batch that says how it is made is left as it is
    if (plain.some(({ assertion }) => assertion !== undefined)) {
      written.push(...plain);
      batches.push(plain);
      continue;
    }
    const found = measured.of(plain);
    if (found === undefined) {
      written.push(...(measured.failure === undefined ? plain : told(plain, unmeasured(measured.failure))));
      continue;
    }
    for (const { group, verdict } of found.parts) {
      const asserted =
        verdict.assertion === undefined ? group : group.map((one) => ({ ...one, assertion: verdict.assertion }));
      const batch = told(asserted, wordsOf(group, verdict, variant));
      written.push(...batch);
      if (verdict.assertion !== undefined || batch.length > 1) batches.push(batch);
    }
  }
  return [{ operations: written, autocommit: false, batches }];
}

/** The changes, the first of them with a sentence more. */
function told(group: readonly TableAlteration[], sentence: string | undefined): readonly TableAlteration[] {
  const [first, ...others] = group;
  return sentence === undefined || first === undefined ? group : [warned(first, sentence), ...others];
}

function wordsOf(
  group: readonly TableAlteration[],
  { assertion, waits }: Verdict,
  variant: string,
): string | undefined {
  const [first] = group;
  const table = first?.schema === undefined ? first?.table : `${first.schema}.${first.table}`;
  const product = variant === 'mysql' ? 'MySQL' : 'MariaDB';
  if (waits === 'writes')
    return `requests that write to ${table} wait meanwhile, for which ${product} has no other way`;
  if (waits !== undefined) {
    return `requests that write to ${table} wait while ${product} copies the table, for which it has no other way; on a large table let a program copy it (option onlineSchemaChange)`;
  }
  const isKey = group.some(({ kind }) => kind === 'createForeignKey') && assertion !== undefined;
  return isKey
    ? `${product} does not look at the rows that are there, so that a query does before and after`
    : undefined;
}

function unmeasured(failure: unknown): string {
  const [line = ''] = errorText(failure).split('\n');
  return `it is not known whether requests wait, since it could not be tried on a scratch database (${line})`;
}

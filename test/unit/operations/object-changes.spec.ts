import { describe, expect, it } from '@jest/globals';
import { objectChanges, reverse } from '../../../libs/nest-migrate/src/operations/all.js';
import { type ObjectChange } from '../../../libs/nest-migrate/src/operations/object-change.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { everyKind } from '../../contract/operations/every-kind.js';

const reversible = Object.values(everyKind)
  .flat()
  .filter(({ reverse: back }) => Array.isArray(back) && back.length > 0)
  .map(({ operation }): [string, Operation] => [operation.kind, operation]);

const opposite = { creates: 'drops', drops: 'creates', renames: 'renames', alters: 'alters', uses: 'uses' } as const;

/** What it takes to undo a change, and what is told of it: where the object is then, and what becomes of it. */
function undoing({ does, object, name, schema, table, after }: ObjectChange): object {
  const isTable = table !== undefined && object === 'table';
  if (after === undefined) return { does: opposite[does], object, name, schema, table };
  const place = object === 'table' || table === undefined ? after.schema : schema;
  return { does, object, name: after.name, schema: place, table: isTable ? after.name : table, to: name };
}

function told({ does, object, name, schema, table, after }: ObjectChange): object {
  return { does, object, name, schema, table, ...(after !== undefined && { to: after.name }) };
}

const sorted = (list: readonly object[]): readonly string[] =>
  list.map((one) => JSON.stringify(Object.entries(one).filter(([, value]) => value !== undefined))).sort();

describe('what an operation does to which object', () => {
  it.each(reversible)('%s: what reverses it undoes each change', (_, operation) => {
    // a view or routine that is replaced is created in both directions
    if ('orReplace' in operation) return;
    expect(sorted(reverse(operation).flatMap(objectChanges).map(told))).toEqual(
      sorted(objectChanges(operation).map(undoing)),
    );
  });

  it('is nothing that is known for an operation of the application', () => {
    expect(objectChanges({ kind: 'addTimestamps' })).toEqual([]);
  });
});

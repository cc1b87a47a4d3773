/** The cause of a failing cell, where one of those that are known fits what it says. */
import { type Engine } from '../../test/support/engines.ts';
import { type Result } from '../../test/dependencies/results.js';

interface Failure {
  readonly engine: Engine;
  readonly change: string;
  readonly dependents: string;
  readonly stage: string;
  readonly text: string;
}

type Cause = readonly [cause: string, fits: (failure: Failure) => boolean];

const isUndeclared = ({ dependents }: Failure): boolean => dependents.includes('undeclared');
const isComputed = ({ change }: Failure): boolean => change.startsWith('computed:');
const isRename = ({ change }: Failure): boolean => /^(rename|key: renamed)/.test(change);
const isMysql = ({ engine }: Failure): boolean => engine === 'mysql' || engine === 'mariadb';
const says =
  (pattern: RegExp) =>
  ({ text }: Failure): boolean =>
    pattern.test(text);
const hangs =
  (pattern: RegExp) =>
  ({ dependents }: Failure): boolean =>
    pattern.test(dependents);
const both =
  (...all: readonly ((failure: Failure) => boolean)[]) =>
  (failure: Failure): boolean =>
    all.every((fits) => fits(failure));
const changes =
  (pattern: RegExp) =>
  ({ change }: Failure): boolean =>
    pattern.test(change);

const lostValues =
  /null values|NOT NULL constraint failed|Duplicate entry|Data truncated|Invalid use of NULL|do not satisfy|violated|incompatible/;
const typeIsUsed = says(/cannot alter type of a column used/);
const nameIsGone =
  /no such column|does not exist|Unknown column|functional index dependency|generated column dependency|error in table/;

/** The first that fits. */
const causes: readonly Cause[] = [
  ['U05 a child by inheritance: its table is left alone, its type or name changes', hangs(/child by inheritance/)],
  ['B08 a table moves to another schema: it is dropped and created', changes(/^table: moves/)],
  ['A08 serial becomes identity: default and sequence are taken away', changes(/^key: becomes identity/)],
  [
    'A08 serial becomes uuid: the default is not lifted',
    both(changes(/^key: integer to uuid/), says(/cannot be cast automatically/)),
  ],
  ['N06 a relation to a column of an enum never settles', says(/columnType: ['"](enum|c\d+_)/)],
  [
    'A12 a computed column becomes plain: its values are lost',
    (failure) => changes(/becomes plain/)(failure) && (failure.stage === 'lost' || lostValues.test(failure.text)),
  ],
  ['A04 a condition names a native enum that is rebuilt', says(/operator does not exist/)],
  [
    'U10 a native enum is rebuilt under a column that no entity declares',
    says(/drop type|left_twin|cannot be implemented/),
  ],
  ['N01 the type of a computed column changes: USING is refused', says(/cannot specify USING/)],
  ['U01 a type changes under something that no entity declares', both(typeIsUsed, isUndeclared)],
  ['A05 a type changes under a computed column', typeIsUsed],
  ['N04 the type of a partition key changes', says(/partition key of relation/)],
  ['N05 a column of a partition key is renamed', both(isRename, hangs(/partition key/))],
  [
    'N07 a renamed enum value under a condition: the downgrade names it too early',
    says(/invalid input value for enum/),
  ],
  ['N08 a renamed enum value under a foreign key', both(changes(/^enum: a value is renamed/), says(/foreign key/))],
  ['A06 a rename under a computed column or an expression', both(isRename, says(nameIsGone))],
  ['A06 a rename under a computed column or an expression', both(isRename, hangs(/computed column with a check/))],
  ['U04 grants on a column do not follow its rename', both(isRename, isMysql, says(/grant/))],
  ['U02 a rename under a check, view or trigger that no entity declares', both(isRename, isMysql, isUndeclared)],
  [
    'B01 a view of every column follows one revision late',
    (failure) => hangs(/view of every column/)(failure) && failure.stage === 'again',
  ],
  [
    'A03 SQLite takes the check of a property for that of an enum',
    (failure) => failure.engine === 'sqlite' && hangs(/check of the property/)(failure) && !isComputed(failure),
  ],
  ['B04 the collation of a key changes under a foreign key', both(changes(/^collation/), says(/foreign key/))],
  ['B05 MySQL: a column that is modified becomes visible', hangs(/visibility of the column/)],
  [
    'U06 a column is modified under a foreign key that no entity declares',
    both(says(/used in a foreign key constraint/), isUndeclared),
  ],
  ['N09 a column is modified under a foreign key', says(/used in a foreign key constraint/)],
  [
    'N02 the engine rewrites a condition when the type changes, and it stays rewritten',
    (failure) => failure.stage === 'back' && says(/double precision/)(failure),
  ],
  ['N03 a condition on a text that becomes characters', changes(/^type: text to characters/)],
  ['N10 MariaDB: an index on a text of any length never settles', both(isMysql, changes(/^type: text without limit/))],
  ['U07 SQLite rebuilds a table under an index that no entity declares', says(/which its index names/)],
  ['A07 an index by expression is compared by its name', both(changes(/what is said/), hangs(/by expression/))],
  [
    'A02 a computed column that is rebuilt takes along what hangs on it',
    both(changes(/what is said/), hangs(/computed/)),
  ],
  ['U03 a column that is rebuilt takes along what no entity declares', both(isComputed, isUndeclared)],
  ['A02 a computed column that is rebuilt takes along what hangs on it', isComputed],
  [
    'A02 a computed column that is rebuilt takes along what hangs on it',
    (failure) => failure.stage === 'again' && hangs(/computed column/)(failure),
  ],
  [
    'U08 comments, grants or states are lost with what is rebuilt',
    both(says(/kept|_trigger_of|dependencies_\d+/), isUndeclared),
  ],
];

/** `undefined`: a person has to look. */
export function causeOf(engine: Engine, { cell, stage = 'start', text = '' }: Result): string | undefined {
  const [change = '', dependents = ''] = cell.split(' | ');
  return causes.find(([, fits]) => fits({ engine, change, dependents, stage, text }))?.[0];
}

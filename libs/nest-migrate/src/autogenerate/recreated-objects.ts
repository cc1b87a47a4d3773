import { objectChanges } from '../operations/all.js';
import { type ObjectKind } from '../operations/object-change.js';
import { type NamedObject, type Operation, type RecreatedObjects } from '../operations/operation.js';
import { tableRenames } from '../operations/touched-tables.js';
import { keyOf, type QualifiedName, samePlace } from '../schema/schema-model.js';
import { type Direction, type OperationPlan } from './operation-plan.js';

/** What one direction drops and creates again. */
interface Recreated {
  readonly tables: readonly QualifiedName[];
  readonly routines: readonly QualifiedName[];
  /** The names of parts of the tables. */
  readonly parts: readonly string[];
  /** Whether something is among them that carries more than a comment: grants, options, a state. */
  readonly isGuarded: boolean;
}

/**
 * Plans that objects which are dropped and created again keep what an entity does not say of them: grants, owners,
 * options, states, comments. The database that the revision runs on is asked what that is. Where only comments can be
 * lost, this one is asked whether there are any.
 *
 * @param has Whether a database has such attributes of the objects, named as they are before renames, and of the parts.
 */
export async function planAttributes(
  plan: OperationPlan,
  has: (objects: RecreatedObjects, parts: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const [up, down] = [recreated(plan, 'upgrade'), recreated(plan, 'downgrade')];
  const isSame = JSON.stringify(up) === JSON.stringify(down);
  const pairs: readonly (readonly [Recreated, readonly Direction[]])[] = isSame
    ? [[up, ['upgrade', 'downgrade']]]
    : [
        [up, ['upgrade']],
        [down, ['downgrade']],
      ];
  for (const [{ tables, routines, parts, isGuarded }, directions] of pairs) {
    if (tables.length + routines.length === 0) continue;
    const named = (places: readonly QualifiedName[]): RecreatedObjects => ({
      ...(places.length > 0 && { tables: places.map(withoutEmpty) }),
      ...(routines.length > 0 && { routines: routines.map(withoutEmpty) }),
    });
    const before = named(tables.map((place) => plan.placeBefore(place)));
    if (!isGuarded && !(await has(before, parts))) continue;
    plan.addFor(directions, 'keepAttributes', { kind: 'keepAttributes', ...before });
    plan.addFor(directions, 'restoreAttributes', { kind: 'restoreAttributes', ...named(tables) });
  }
}

function recreated(plan: OperationPlan, direction: Direction): Recreated {
  const operations = plan.inOrder().filter((operation) => plan.isIn(direction, operation));
  const renames = tableRenames(operations);
  const after = (place: QualifiedName): QualifiedName =>
    renames.find(({ before }) => samePlace(before, place))?.after ?? place;
  const changed = operations
    .flatMap(objectsOf)
    .map((found) => ({ ...found, place: found.kind === 'routine' ? found.place : after(found.place) }));
  const key = ({ kind, name, place }: ChangedObject): string => JSON.stringify([kind, keyOf(place), name]);
  const dropped = new Set(changed.filter(({ isDropped }) => isDropped).map(key));
  const again = changed.filter((object) => !object.isDropped && dropped.has(key(object)));
  const places = (list: readonly ChangedObject[]): readonly QualifiedName[] => [
    ...new Map(list.map(({ place }) => [keyOf(place), place])).values(),
  ];
  return {
    tables: places(again.filter(({ kind }) => kind !== 'routine')),
    routines: places(again.filter(({ kind }) => kind === 'routine')),
    parts: again.flatMap(({ name }) => name ?? []),
    isGuarded: again.some(({ kind }) => guarded.includes(kind)),
  };
}

interface ChangedObject {
  readonly kind: 'view' | 'routine' | 'column' | 'constraint' | 'index' | 'trigger' | 'policy';
  readonly place: QualifiedName;
  readonly name?: string;
  readonly isDropped: boolean;
}

const guarded: readonly ChangedObject['kind'][] = ['view', 'routine', 'column', 'trigger'];

/** What can carry a comment, or more, that an entity does not say. */
const KINDS: Partial<Record<ObjectKind, ChangedObject['kind']>> = {
  view: 'view',
  materializedView: 'view',
  routine: 'routine',
  column: 'column',
  primaryKey: 'constraint',
  foreignKey: 'constraint',
  unique: 'constraint',
  check: 'constraint',
  index: 'index',
  trigger: 'trigger',
  policy: 'policy',
};

function objectsOf(operation: Operation): readonly ChangedObject[] {
  return objectChanges(operation).flatMap(({ does, object, name, table, schema }) => {
    const kind = KINDS[object];
    if (kind === undefined || (does !== 'creates' && does !== 'drops')) return [];
    const isDropped = does === 'drops';
    return [
      table === undefined
        ? { kind, place: { name: name ?? '', schema }, isDropped }
        : { kind, place: { name: table, schema }, name, isDropped },
    ];
  });
}

function withoutEmpty({ name, schema }: QualifiedName): NamedObject {
  return { name, ...(schema !== undefined && { schema }) };
}

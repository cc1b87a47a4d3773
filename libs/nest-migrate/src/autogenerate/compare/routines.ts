import { type Operation, type TriggerDefinition } from '../../operations/operation.js';
import { type SqlReader } from '../../engines/sql/sql-reader.js';
import { type RoutineArgument, type RoutineFacts } from '../../schema/routine-statement.js';
import {
  displayName,
  keyOf,
  type RoutineModel,
  samePlace,
  type SchemaModel,
  type TableModel,
} from '../../schema/schema-model.js';
import { type Phase } from '../operation-plan.js';
import { bothDirections } from './changed-columns.js';
import { type Comparison } from './comparison.js';
import { sameComment } from './comments.js';
import { disturbedTables } from './disturbed-tables.js';

/**
 * Compares routines. Routines that tables call are created before the tables, routines that read views after the views,
 * and all others in between. They are dropped in the reverse order.
 *
 * To be called when tables and triggers are planned.
 */
export async function compareRoutines(comparison: Comparison, from: SchemaModel, to: SchemaModel): Promise<void> {
  const { plan, engine } = comparison;
  const pairs = pairsOf(from.routines, to.routines);
  const disturbed = disturbedTables(engine.capabilities, plan.inOrder());
  const types = engine.capabilities.restoresDependents ? [] : rebuiltTypes(plan.inOrder());
  const dropped: RoutineModel[] = [];
  const created: RoutineModel[] = [];
  for (const routine of from.routines) {
    const wanted = pairs.get(routine);
    if (wanted === undefined) {
      if (isInUse(comparison, routine, to)) continue;
      dropped.push(routine);
      comparison.warn(`drops ${routine.definition.type} ${displayName(routine)}, which no entity has`);
    } else {
      const isBlocked = types.some((type) => typesOf(routine).some((text) => engine.sql.mentions(text, type)));
      const difference = isBlocked ? 'signature' : await differenceOf(comparison, routine, wanted);
      const isNamed = disturbed.some((table) =>
        [routine, wanted].some((side) => engine.sql.mayMention(textOf(side), table)),
      );
      if (
        difference === 'other' &&
        engine.capabilities.replacesRoutines &&
        !isNamed &&
        [routine, wanted].every(canReplace)
      ) {
        const { name, schema } = wanted;
        const [definition, previous] = [withKept(routine, wanted), routine.definition];
        const replaced = {
          kind: 'createRoutine',
          name,
          schema,
          routine: definition,
          orReplace: true,
          previous,
        } as const;
        // the old text may name a value, which has that name again only at the end of the downgrade
        const isRenamed = comparison.typeValueRenames.length > 0;
        plan.addFor(isRenamed ? ['upgrade'] : bothDirections, 'createRoutines', replaced);
        if (isRenamed) plan.addFor(['downgrade'], 'createRoutinesFirst', { ...replaced });
      } else if (difference !== 'none') {
        dropped.push(routine);
        created.push({ ...wanted, definition: withKept(routine, wanted) });
      }
    }
  }
  const existing = new Set(pairs.values());
  created.push(...to.routines.filter((routine) => !existing.has(routine)));

  for (const routine of inOrder(engine.sql, dropped).toReversed()) {
    const { name, schema, definition: previous } = routine;
    const parameterTypes = previous.params.filter(({ direction }) => direction !== 'out').map(({ type }) => type);
    plan.add(placeOf(engine.sql, routine, from).dropped, {
      kind: 'dropRoutine',
      name,
      schema,
      type: previous.type,
      ...(engine.capabilities.overloadsRoutines && { parameterTypes }),
      previous,
    });
  }
  for (const routine of inOrder(engine.sql, created)) {
    const { name, schema, definition } = routine;
    plan.add(placeOf(engine.sql, routine, to).created, { kind: 'createRoutine', name, schema, routine: definition });
  }
}

/** The enum types that are rebuilt because they lose a value. No routine can use them meanwhile. */
function rebuiltTypes(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap((operation) =>
    operation.kind === 'alterEnum' && operation.existing.some((item) => !operation.items.includes(item))
      ? [operation.name]
      : [],
  );
}

function typesOf({ definition: { params, returns, expression } }: RoutineModel): readonly string[] {
  return [...params.map(({ type }) => type), returns ?? '', expression ?? ''];
}

/** Pairs each wanted routine with the existing one: by the types of its parameters, or as the only one of its name. */
function pairsOf(from: readonly RoutineModel[], to: readonly RoutineModel[]): ReadonlyMap<RoutineModel, RoutineModel> {
  const pairs = new Map<RoutineModel, RoutineModel>();
  const ofName = (routines: readonly RoutineModel[], place: RoutineModel): readonly RoutineModel[] =>
    routines.filter((routine) => samePlace(routine, place));
  for (const wanted of to) {
    const candidates = ofName(from, wanted);
    const exact = candidates.find(({ signature }) => signature === wanted.signature);
    const [only] = candidates.length === 1 ? candidates : [];
    const found = exact ?? only;
    if (found !== undefined && !pairs.has(found)) pairs.set(found, wanted);
  }
  return pairs;
}

/**
 * Whether a routine that no entity declares is still needed: by a table, by a view, by another routine, or by a
 * trigger.
 */
function isInUse({ plan, engine }: Comparison, routine: RoutineModel, to: SchemaModel): boolean {
  const goes = plan
    .inOrder()
    .flatMap((operation) =>
      operation.kind === 'dropTrigger'
        ? [JSON.stringify([keyOf({ name: operation.table, schema: operation.schema }), operation.name])]
        : [],
    );
  const isFired = routine.firedBy?.some(
    ({ table, trigger }) => !goes.includes(JSON.stringify([keyOf(table), trigger])),
  );
  if (isFired === true) return true;
  const texts = [
    ...to.tables.flatMap(textsOf),
    ...to.tables.flatMap(({ triggers }) => triggers.flatMap(({ definition }) => textsOfTrigger(definition))),
    ...to.views.map(({ definition }) => definition),
    ...to.routines.map(textOf),
  ];
  return texts.some((text) => engine.sql.mayMention(text, routine.name));
}

function textsOfTrigger({ when = '', body = '', expression = '' }: TriggerDefinition): readonly string[] {
  return [when, body, expression];
}

/** `signature`: something differs that a caller has to know; `other`: something else differs. */
async function differenceOf(
  comparison: Comparison,
  { facts: from }: RoutineModel,
  { facts: to, ignored = [] }: RoutineModel,
): Promise<'none' | 'signature' | 'other'> {
  if (from === undefined || to === undefined) return 'none';
  if (from.type !== to.type || !(await sameCall(comparison, from, to))) return 'signature';
  const same =
    (ignored.includes('body') || from.body === undefined || isOpenOrSame(from, to, 'body')) &&
    (ignored.includes('comment') || sameComment(comparison, from.comment, to.comment)) &&
    (ignored.includes('security') || isOpenOrSame(from, to, 'security')) &&
    (ignored.includes('deterministic') || isOpenOrSame(from, to, 'deterministic')) &&
    isOpenOrSame(from, to, 'language') &&
    isOpenOrSame(from, to, 'dataAccess') &&
    isOpenOrSame(from, to, 'more');
  return same ? 'none' : 'other';
}

/** Whether a part is the same. A part that the entities leave open counts as the same. */
function isOpenOrSame(from: RoutineFacts, to: RoutineFacts, key: keyof RoutineFacts): boolean {
  return to[key] === undefined || (from[key] ?? '') === to[key];
}

async function sameCall(comparison: Comparison, from: RoutineFacts, to: RoutineFacts): Promise<boolean> {
  if (from.arguments.length !== to.arguments.length) return false;
  if (!(await sameType(comparison, from.returns, to.returns))) return false;
  for (const [index, argument] of to.arguments.entries()) {
    const existing = from.arguments[index];
    if (existing === undefined || !(await sameArgument(comparison, existing, argument))) return false;
  }
  return true;
}

async function sameArgument(comparison: Comparison, a: RoutineArgument, b: RoutineArgument): Promise<boolean> {
  if ((a.name ?? '').toLowerCase() !== (b.name ?? '').toLowerCase() || a.direction !== b.direction) return false;
  if (!(await sameType(comparison, a.type, b.type))) return false;
  const [before, after] = [a.defaultSql, b.defaultSql];
  if (before === after || !comparison.engine.capabilities.overloadsRoutines) return true;
  if (before === undefined || after === undefined) return false;
  const [first, second] = await comparison.oracle.defaults([
    { sql: before, type: b.type },
    { sql: after, type: b.type },
  ]);
  return first !== undefined && first === second;
}

async function sameType(
  { engine, oracle }: Comparison,
  from: string | undefined,
  to: string | undefined,
): Promise<boolean> {
  // a type that is not declared follows from the parameters
  if (from === undefined || to === undefined) return to === undefined;
  const [a, b] = [engine.types.canonicalRoutineType(from), engine.types.canonicalRoutineType(to)];
  if (a === b) return true;
  if (!engine.capabilities.comparesNullsByType || /^(?:setof|table)\b/.test(a + b)) return false;
  // only the engine can resolve these names
  const [first, second] = await oracle.defaults([
    { sql: 'null', type: a },
    { sql: 'null', type: b },
  ]);
  return first !== undefined && first === second;
}

/**
 * Whether the routine can be replaced: its own statement says `or replace`, or the statement is generated by this tool.
 */
function canReplace({ definition: { expression } }: RoutineModel): boolean {
  return expression === undefined || /^\s*create\s+or\s+replace\b/i.test(expression);
}

/** The definition, with existing values for the parts that the wanted routine leaves open. */
function withKept({ facts }: RoutineModel, { definition, facts: wanted }: RoutineModel): RoutineModel['definition'] {
  if (definition.expression !== undefined || facts?.type !== definition.type) return definition;
  const { deterministic, security, dataAccess } = facts;
  return {
    ...definition,
    ...(wanted?.deterministic === undefined && deterministic === true && { deterministic }),
    ...(wanted?.security === undefined && security !== undefined && isUnusual(facts) && { security }),
    ...(wanted?.dataAccess === undefined &&
      dataAccess !== undefined &&
      dataAccess !== 'contains-sql' && { dataAccess }),
  };
}

/**
 * Whether `security` is not the engine's default. PostgreSQL's default is the rights of the caller, MySQL's those of
 * the owner.
 */
function isUnusual({ security, dataAccess }: RoutineFacts): boolean {
  return security === (dataAccess === undefined ? 'definer' : 'invoker');
}

function placeOf(
  sql: SqlReader,
  routine: RoutineModel,
  schema: SchemaModel,
): { readonly dropped: Phase; readonly created: Phase } {
  if (schema.tables.flatMap(textsOf).some((text) => sql.mentions(text, routine.name))) {
    return { dropped: 'dropRoutinesLast', created: 'createRoutinesFirst' };
  }
  const reads = schema.views.some(
    (view) => sql.mayMention(textOf(routine), view.name) && !sql.mentions(view.definition, routine.name),
  );
  if (reads) return { dropped: 'dropRoutinesFirst', created: 'createRoutinesLast' };
  return { dropped: 'dropRoutines', created: 'createRoutines' };
}

/** The SQL texts in a table that may call a routine. */
function textsOf({ columns, indexes, checks }: TableModel): readonly string[] {
  return [
    ...columns.flatMap(({ definition: { defaultRaw, generated, columnType, extra } }) => [
      defaultRaw ?? '',
      generated ?? '',
      columnType ?? '',
      extra ?? '',
    ]),
    ...indexes.flatMap(({ expression, where }) => [expression ?? '', where ?? '']),
    ...checks.map(({ expression }) => expression),
  ].filter((text) => text !== '');
}

function textOf({ definition: { body, expression } }: RoutineModel): string {
  return body ?? expression ?? '';
}

/** Each routine after those that it calls; otherwise in the given order. */
function inOrder(sql: SqlReader, routines: readonly RoutineModel[]): readonly RoutineModel[] {
  const ordered = new Set<RoutineModel>();
  const visiting = new Set<RoutineModel>();
  const visit = (routine: RoutineModel): void => {
    if (visiting.has(routine)) return;
    visiting.add(routine);
    for (const other of routines) if (other !== routine && sql.mayMention(textOf(routine), other.name)) visit(other);
    ordered.add(routine);
  };
  routines.forEach(visit);
  return [...ordered];
}

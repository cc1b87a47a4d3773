import { objectChanges } from '../../operations/all.js';
import { type EngineSql } from '../../engines/sql/engine-sql.js';
import { type SqlReader } from '../../engines/sql/sql-reader.js';
import {
  displayName,
  samePlace,
  type SchemaModel,
  type TableModel,
  type TriggerModel,
  type ViewModel,
} from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';
import { disturbedTables } from './disturbed-tables.js';
import { compareIndexes } from './indexes.js';

/**
 * Compares views by what the engine makes of their queries. A view that changes is dropped before anything else happens
 * and created after everything. So is a view that uses it, and, on an engine that requires it, a view of a table that
 * changes.
 *
 * To be called when everything else is planned.
 */
export async function compareViews(comparison: Comparison, from: SchemaModel, to: SchemaModel): Promise<void> {
  const { engine } = comparison;
  const kept = from.views.flatMap((view) => {
    const wanted = to.views.find((candidate) => samePlace(candidate, view));
    return wanted === undefined ? [] : [{ from: view, to: wanted }];
  });
  const outdated = outdatedViews(comparison, to.views);
  const answers = await sameViews(comparison, kept, from.tables);
  const same = new Set([...answers].filter((pair) => !outdated.has(pair.to)));
  const disturbed = disturbedTables(comparison.engine.capabilities, comparison.plan.inOrder());
  // else the downgrade would restore the old query before the columns that it shows
  const replaceable = (pair: ViewPair): boolean =>
    engine.capabilities.replacesViews &&
    pair.from.triggers.length === 0 &&
    !same.has(pair) &&
    ![pair.from, pair.to].some((view) => disturbed.some(mentionedIn(engine.sql, view)));

  const removed = from.views.filter((view) => !to.views.some((wanted) => samePlace(wanted, view)));
  const changed = kept.filter((pair) => !same.has(pair) && !replaceable(pair));
  const blocked = engine.capabilities.viewsBlockChanges ? disturbed : [];
  const dropped = withDependents(
    engine.sql,
    from.views,
    (view) =>
      [...removed, ...changed.map((pair) => pair.from)].includes(view) || blocked.some(mentionedIn(engine.sql, view)),
  );

  for (const view of inOrder(engine.sql, from.views).toReversed()) {
    if (!dropped.has(view)) continue;
    dropView(comparison, view);
    if (removed.includes(view)) comparison.warn(`drops view ${displayName(view)}, which no entity has`);
  }
  for (const view of inOrder(engine.sql, to.views)) {
    const pair = kept.find((candidate) => candidate.to === view);
    if (pair === undefined || dropped.has(pair.from)) createView(comparison, view, pair?.from.triggers);
    else if (replaceable(pair)) replaceView(comparison, pair);
    else if (view.materialized) await compareIndexes(comparison, asTable(pair.from), asTable(view));
  }
}

/** The views whose `*` means other columns after the difference. */
function outdatedViews({ engine, plan }: Comparison, views: readonly ViewModel[]): ReadonlySet<ViewModel> {
  if (!engine.capabilities.viewsKeepColumns) return new Set();
  const tables = plan
    .inOrder()
    .flatMap(objectChanges)
    .flatMap(({ does, object, table = '' }) =>
      object === 'column' && does !== 'alters' && does !== 'uses' ? [table] : [],
    );
  const starred = views.filter(({ definition }) => engine.sql.selectsAll(definition));
  return withDependents(engine.sql, starred, (view) => tables.some(mentionedIn(engine.sql, view)));
}

interface ViewPair {
  readonly from: ViewModel;
  readonly to: ViewModel;
}

/** The pairs that the engine takes for the same. `*` is every column of the table, or every one that is compared. */
async function sameViews(
  { engine: { sql }, oracle }: Comparison,
  pairs: readonly ViewPair[],
  tables: readonly TableModel[],
): Promise<ReadonlySet<ViewPair>> {
  const comparable = pairs.filter(({ from, to }) => from.materialized === to.materialized);
  const open = comparable.filter(({ from, to }) => !sql.sameText(from.definition, to.definition));
  const texts = open.map(({ from, to }) => {
    const named = withColumnsNamed(sql, to.definition, tables);
    return [from.definition, to.definition, ...(named === undefined ? [] : [named])];
  });
  const answers = [...(await oracle.queries(texts.flat()))];
  const different = new Set(
    open.filter((_pair, index) => {
      const [from, ...wanted] = answers.splice(0, texts[index]?.length);
      return from === undefined || !wanted.includes(from);
    }),
  );
  return new Set(comparable.filter((pair) => !different.has(pair)));
}

/** A query of all columns of one table, with their names; `undefined` for any other query. */
function withColumnsNamed(sql: EngineSql, query: string, tables: readonly TableModel[]): string | undefined {
  const [, head, rest] = /^(\s*select\s+)\*(\s+from\s+[^\s,]+(?:\s+where\b.*)?\s*)$/is.exec(query) ?? [];
  const [table, ...others] = tables.filter(({ name }) => sql.mentions(rest ?? '', name));
  if (head === undefined || rest === undefined || table === undefined || others.length > 0) return undefined;
  return `${head}${table.columns.map(({ definition }) => sql.quote(definition.name)).join(', ')}${rest}`;
}

function mentionedIn(sql: SqlReader, { definition }: ViewModel): (name: string) => boolean {
  return (name) => sql.mentions(definition, name);
}

/** The chosen views, and all views that use them. */
function withDependents(
  sql: SqlReader,
  views: readonly ViewModel[],
  isChosen: (view: ViewModel) => boolean,
): ReadonlySet<ViewModel> {
  const chosen = new Set(views.filter(isChosen));
  // the loop also visits what it adds to the set
  for (const view of chosen) {
    for (const other of views) if (other !== view && sql.mentions(other.definition, view.name)) chosen.add(other);
  }
  return chosen;
}

/** Each view after those that it names; otherwise in the given order. */
function inOrder(sql: SqlReader, views: readonly ViewModel[]): readonly ViewModel[] {
  const ordered = new Set<ViewModel>();
  const visiting = new Set<ViewModel>();
  const visit = (view: ViewModel): void => {
    if (visiting.has(view)) return;
    visiting.add(view);
    for (const other of views) if (other !== view && sql.mentions(view.definition, other.name)) visit(other);
    ordered.add(view);
  };
  views.forEach(visit);
  return [...ordered];
}

function dropView(
  { plan }: Comparison,
  { name: view, schema, definition, materialized, withData, indexes, triggers }: ViewModel,
) {
  for (const { name, definition: previous } of triggers) {
    plan.add('dropViews', { kind: 'dropTrigger', table: view, schema, name, events: previous.events, previous });
  }
  if (!materialized) {
    plan.add('dropViews', { kind: 'dropView', view, schema, previous: { definition } });
    return;
  }
  for (const index of indexes) {
    plan.add('dropViews', { kind: 'dropIndex', table: view, schema, name: index.name, previous: index });
  }
  plan.add('dropViews', { kind: 'dropMaterializedView', view, schema, previous: { definition, withData } });
}

function createView(
  { plan }: Comparison,
  { name: view, schema, definition, materialized, withData, indexes }: ViewModel,
  triggers: readonly TriggerModel[] = [],
): void {
  if (!materialized) {
    plan.add('createViews', { kind: 'createView', view, schema, definition });
    for (const { name, definition: trigger } of triggers) {
      plan.add('createViews', { kind: 'createTrigger', table: view, schema, name, trigger });
    }
    return;
  }
  plan.add('createViews', { kind: 'createMaterializedView', view, schema, definition, withData });
  for (const index of indexes) plan.add('createViews', { kind: 'createIndex', table: view, schema, index });
}

function replaceView({ plan }: Comparison, { from, to: { name: view, schema, definition } }: ViewPair): void {
  const previous = { definition: from.definition };
  plan.add('createViews', { kind: 'createView', view, schema, definition, orReplace: true, previous });
}

function asTable({ name, schema, indexes }: ViewModel): TableModel {
  return { name, schema, indexes, columns: [], uniques: [], checks: [], foreignKeys: [], triggers: [] };
}

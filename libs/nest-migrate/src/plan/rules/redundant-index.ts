import { type IndexDefinition } from '../../operations/operation.js';
import { type TableModel } from '../../schema/schema-model.js';
import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const redundantIndex = defineRule({
  id: 'redundant-index',
  level: 'notice',
  title: 'leaves an index that another one of the table does the work of',

  *check(run) {
    for (const { operation, statement } of run.operations('createIndex')) {
      const table = run.tableAfter(operation);
      const own = table?.indexes.find(({ columns }) => sameColumns(columns, operation.index.columns));
      if (table === undefined || own === undefined || !isPlain(operation.index)) continue;
      const others = keysOf(table).filter(({ name }) => name !== (operation.index.name ?? own.name));
      const longer = others.find(({ columns }) => begins(columns, partsOf(own)));
      const shorter = others.find(({ columns, isNeeded }) => !isNeeded && begins(partsOf(own), columns));
      const [needless, by] = longer !== undefined ? [own.name, longer.name] : [shorter?.name, own.name];
      if (needless === undefined) continue;
      yield {
        statement,
        message: `${by} of ${tableName(operation)} begins with the columns of ${needless}: queries need one of them, and each write keeps both.`,
        instead: `Do without ${needless}.`,
      };
    }
  },
});

interface Key {
  readonly name: string;
  readonly columns: readonly string[];
  /** Whether it says more than what queries are looked up by. */
  readonly isNeeded: boolean;
}

function keysOf({ primaryKey, uniques, indexes }: TableModel): readonly Key[] {
  return [
    ...(primaryKey === undefined
      ? []
      : [{ name: primaryKey.name ?? 'the primary key', columns: primaryKey.columns, isNeeded: true }]),
    ...uniques.map(({ name, columns }) => ({ name, columns, isNeeded: true })),
    ...indexes
      .filter(isPlain)
      .map((index) => ({ name: index.name, columns: partsOf(index), isNeeded: index.unique === true })),
  ];
}

/** Whether nothing but its columns decides what an index finds. */
function isPlain({ where, type, expression, columns }: IndexDefinition): boolean {
  const isLookedUp = type === undefined && expression === undefined;
  return (
    where === undefined && isLookedUp && columns.every(({ length, collation }) => (length ?? collation) === undefined)
  );
}

/** The columns, each with the direction in which it is sorted. */
function partsOf({ columns }: Pick<IndexDefinition, 'columns'>): readonly string[] {
  return columns.map(({ name, sort = 'asc' }) => (sort === 'asc' ? name : `${name} ${sort}`));
}

function sameColumns(one: IndexDefinition['columns'], other: IndexDefinition['columns']): boolean {
  return partsOf({ columns: one }).join('\n') === partsOf({ columns: other }).join('\n');
}

/** Whether one list begins with another, and goes on. */
function begins(columns: readonly string[], first: readonly string[]): boolean {
  return columns.length >= first.length && first.length > 0 && first.every((name, index) => columns[index] === name);
}

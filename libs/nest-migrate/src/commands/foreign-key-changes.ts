import { type ForeignKeyDefinition, type Operation, type OperationOf } from '../operations/operation.js';

/** A foreign key that a difference drops and creates again in another form. */
export interface ForeignKeyChange {
  readonly dropped: OperationOf<'dropConstraint'>;
  readonly created: OperationOf<'createForeignKey'>;
  /** What differs, each in a few words: `on update cascade → none`. Empty: it only makes room for another change. */
  readonly differences: readonly string[];
}

type Dropped = OperationOf<'dropConstraint'>;
type Created = OperationOf<'createForeignKey'>;

/** The foreign keys that change: found by their name, or where the name differs, by everything else. */
export function foreignKeyChanges(operations: readonly Operation[]): readonly ForeignKeyChange[] {
  const created = operations.filter((operation) => operation.kind === 'createForeignKey');
  const taken = new Set<Created>();
  return operations.flatMap((dropped) => {
    if (dropped.kind !== 'dropConstraint' || dropped.previous?.type !== 'foreignKey') return [];
    const { foreignKey: before } = dropped.previous;
    const own = created.filter((other) => isOnSameTable(dropped, other) && !taken.has(other));
    const pair =
      own.find(({ foreignKey }) => foreignKey.name === dropped.name) ??
      own.find(({ foreignKey }) => differencesOf(before, { ...foreignKey, name: before.name }).length === 0);
    if (pair === undefined) return [];
    taken.add(pair);
    return [{ dropped, created: pair, differences: differencesOf(before, pair.foreignKey) }];
  });
}

function isOnSameTable(dropped: Dropped, created: Created): boolean {
  return dropped.table === created.table && dropped.schema === created.schema;
}

function differencesOf(before: ForeignKeyDefinition, after: ForeignKeyDefinition): readonly string[] {
  const parts: readonly (readonly [what: string, of: (key: ForeignKeyDefinition) => string])[] = [
    ['name', ({ name = 'none' }) => name],
    ['columns', ({ columns }) => `(${columns.join(', ')})`],
    ['to', target],
    ['on delete', ({ deleteRule = 'none' }) => deleteRule],
    ['on update', ({ updateRule = 'none' }) => updateRule],
    ['deferrable', ({ deferMode }) => (deferMode === undefined ? 'no' : `initially ${deferMode}`)],
  ];
  return parts.flatMap(([what, of]) => {
    const [from, to] = [of(before), of(after)];
    return from === to ? [] : [`${what} ${from} → ${to}`];
  });
}

function target({ referencedSchema, referencedTable, referencedColumns }: ForeignKeyDefinition): string {
  const table = referencedSchema === undefined ? referencedTable : `${referencedSchema}.${referencedTable}`;
  return `${table}(${referencedColumns.join(', ')})`;
}

/**
 * What to do about a difference that consists of `on update cascade` of every foreign key, which MikroORM 6 added and 7
 * does not. `undefined` where a foreign key differs in anything else, or none differs.
 */
export function updateRuleHint(operations: readonly Operation[]): string | undefined {
  const changes = foreignKeyChanges(operations).filter(({ differences }) => differences.length > 0);
  const isInferred = ({ differences }: ForeignKeyChange): boolean =>
    differences.length === 1 && differences[0] === 'on update cascade → none';
  if (changes.length === 0 || !changes.every(isInferred)) return undefined;
  return (
    'Every foreign key that differs has on update cascade, which MikroORM up to 6 added by itself. To keep it, put ' +
    "schemaGenerator: { defaultUpdateRule: 'cascade' } into the MikroORM configuration."
  );
}

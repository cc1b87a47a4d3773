import {
  type ListedForeignKey,
  type ListedGrant,
  type ListedView,
  type RenameFollowing,
} from '../engines/catalogue/catalogue.js';
import { type SqlReader } from '../engines/sql/sql-reader.js';
import {
  displayName,
  type QualifiedName,
  samePlace,
  type SchemaModel,
  type TableModel,
} from '../schema/schema-model.js';
import { leftOut } from './table-rebuilds.js';
import { referencedPlace } from './read/table-names.js';

type Column = readonly [table: QualifiedName, column: string];

/**
 * What the database has and the comparison was told to leave out, as far as it uses columns that are compared. It is
 * asked by the names after the renames that were noted.
 */
export class LeftOutParts {
  private readonly tables: { readonly from: string; readonly to: QualifiedName }[] = [];
  /** By the table. */
  private readonly parts = new Map<TableModel, ReturnType<typeof leftOut>>();
  private readonly columns: { readonly from: string; readonly to: string; readonly table: QualifiedName }[] = [];

  constructor(
    private readonly sql: SqlReader,
    private readonly whole: SchemaModel,
    private readonly seen: SchemaModel,
    private readonly listed: {
      readonly foreignKeys: readonly ListedForeignKey[];
      readonly views: readonly ListedView[];
      readonly grants: readonly ListedGrant[];
      /** Absent where nothing is renamed. */
      readonly following: RenameFollowing | undefined;
    },
  ) {}

  noteTable(from: QualifiedName, to: string): void {
    this.tables.push({ from: from.name, to: { ...from, name: to } });
  }

  noteColumn(table: QualifiedName, from: string, to: string): void {
    this.columns.push({ from, to, table });
  }

  /** Columns that are dropped and added again, which parts of their table use: in one statement these stay. */
  readonly replaced: { readonly table: QualifiedName; readonly column: string; readonly parts: readonly string[] }[] =
    [];

  noteReplaced(table: QualifiedName, column: string, parts: readonly string[]): void {
    this.replaced.push({ table, column, parts });
  }

  /** The foreign keys at either end of a column, in words. */
  foreignKeysOn(...at: Column): readonly string[] {
    const [place, column] = this.before(...at);
    const isSeen = ({ table, key }: ListedForeignKey): boolean =>
      this.seen.tables.some(
        (other) => samePlace(other, table) && other.foreignKeys.some(({ name }) => name === key.name),
      );
    const isOn = ({ table, key }: ListedForeignKey): boolean =>
      (samePlace(table, place) && key.columns.includes(column)) ||
      (samePlace(referencedPlace(key), place) && key.referencedColumns.includes(column));
    return this.listed.foreignKeys
      .filter((listed) => isOn(listed) && !isSeen(listed))
      .map(({ table, key }) => `the foreign key ${key.name} of ${displayName(table)}`);
  }

  /** The checks of a table that name a column, in words. */
  checksOn(...at: Column): readonly string[] {
    const [place, column] = this.before(...at);
    return this.of(place)
      .flatMap(({ checks }) => checks)
      .filter(({ expression }) => this.sql.mentions(expression, column))
      .map(({ name }) => `the check ${name}`);
  }

  /** The computed columns that read a column, in words. */
  computedOn(...at: Column): readonly string[] {
    const [place, column] = this.before(...at);
    return this.of(place)
      .flatMap(({ columns }) => columns)
      .filter(({ definition }) => this.sql.mentions(definition.generated ?? '', column))
      .map(({ definition }) => `the computed column ${definition.name}`);
  }

  /** The indexes and unique constraints on a column, in words. */
  indexesOn(...at: Column): readonly string[] {
    const [place, column] = this.before(...at);
    return this.of(place).flatMap(({ indexes, uniques }) =>
      [
        ...uniques.filter(({ columns }) => columns.includes(column)),
        ...indexes.filter(
          ({ columns, expression = '', where = '' }) =>
            columns.some(({ name }) => name === column) || this.sql.mentions(`${expression} ${where}`, column),
        ),
      ].map(({ name }) => `the index ${name}`),
    );
  }

  /** The views and triggers that name a table and a column of it, and which no run takes along, in words. */
  statementsOn(table: QualifiedName, name: string, to: string): readonly string[] {
    const [place, column] = this.before(table, name);
    const { following } = this.listed;
    const renaming = { kind: 'column', table: place.name, from: column, to } as const;
    const views = this.views().filter(
      (view) =>
        [place.name, column].every((read) => this.sql.mentions(view.definition ?? '', read)) &&
        following?.view(view.name, renaming) !== true,
    );
    const triggers = this.of(place)
      .flatMap((part) => part.triggers)
      .filter(({ name: trigger, definition: { body = '', expression = '' } }) => {
        return this.sql.mentions(`${body} ${expression}`, column) && following?.trigger(trigger, renaming) !== true;
      });
    return [
      ...views.map((view) => `the view ${displayName(view)}`),
      ...triggers.map((trigger) => `the trigger ${trigger.name}`),
    ];
  }

  /** The views that name a table, and which no run takes along, in words. */
  viewsOn(table: QualifiedName, to: string): readonly string[] {
    const [place] = this.before(table, '');
    const renaming = { kind: 'table', from: place.name, to } as const;
    return this.views().flatMap((view) =>
      this.sql.mentions(view.definition ?? '', place.name) && this.listed.following?.view(view.name, renaming) !== true
        ? [`the view ${displayName(view)}`]
        : [],
    );
  }

  /** Those who have rights to a table or its columns, or to one of the columns, which no run takes along. */
  granteesOn(table: QualifiedName, column?: string): readonly string[] {
    if (this.listed.following?.rights === true) return [];
    const [place, name] = this.before(table, column ?? '');
    const isOn = (grant: ListedGrant): boolean =>
      samePlace(grant.table, place) && (column === undefined || grant.column === name);
    return [...new Set(this.listed.grants.filter(isOn).map(({ grantee }) => grantee))].sort();
  }

  private views(): readonly ListedView[] {
    return this.listed.views.filter((view) => !this.seen.views.some((other) => samePlace(other, view)));
  }

  /** A column by its names before the renames. */
  private before(table: QualifiedName, column: string): Column {
    const wasTable = this.tables.find(({ to }) => samePlace(to, table));
    const wasColumn = this.columns.find(({ table: of, to }) => samePlace(of, table) && to === column);
    return [wasTable === undefined ? table : { ...table, name: wasTable.from }, wasColumn?.from ?? column];
  }

  private of(place: QualifiedName): readonly ReturnType<typeof leftOut>[] {
    const table = this.whole.tables.find((candidate) => samePlace(candidate, place));
    return table === undefined ? [] : [this.partsOf(table)];
  }

  private partsOf(table: TableModel): ReturnType<typeof leftOut> {
    const known = this.parts.get(table);
    if (known !== undefined) return known;
    const seen = this.seen.tables.find((candidate) => samePlace(candidate, table));
    const parts = seen === undefined ? table : leftOut(table, seen);
    this.parts.set(table, parts);
    return parts;
  }
}

import { type ConditionsOfTable, type ExpressionOracle } from '../engines/oracle.js';
import { quoteIdentifier, quoteString } from '../engines/sql/quoting.js';
import { type EnumValueRename } from '../operations/operation.js';
import { type QualifiedName, type TableModel } from '../schema/schema-model.js';

/** A value of a native enum type that the revision renames. */
export interface TypeValueRename extends EnumValueRename {
  readonly type: QualifiedName;
}

/** The table once a value of a type is renamed: the engine's expressions follow, and show the new name. */
export function withValueRenamed(table: TableModel, { type, from, to }: TypeValueRename): TableModel {
  const old = new RegExp(`${literalOf(from)}(?=${castTo(type)})`, 'g');
  const inText = (text: string): string => text.replace(old, () => quoteString(to));
  return {
    ...table,
    columns: table.columns.map((column) => {
      const { generated } = column.definition;
      if (generated === undefined) return column;
      return { ...column, definition: { ...column.definition, generated: inText(generated) } };
    }),
    indexes: table.indexes.map((index) => ({
      ...index,
      ...(index.where !== undefined && { where: inText(index.where) }),
      ...(index.expression !== undefined && { expression: inText(index.expression) }),
    })),
    checks: table.checks.map((check) => ({ ...check, expression: inText(check.expression) })),
  };
}

/**
 * Asks an engine about texts that use the new names of values, while the values still have the old ones. It does not know
 * the answer where the old name is also a text of another type in it.
 */
export class OracleBeforeValueRenames implements ExpressionOracle {
  constructor(
    private readonly oracle: ExpressionOracle,
    private readonly renames: readonly TypeValueRename[],
  ) {}

  async conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.known(
      expressions,
      await this.oracle.conditions(
        table,
        expressions.map((text) => this.before(text)),
      ),
    );
  }

  async conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]> {
    return Promise.all(tables.map(({ table, expressions }) => this.conditions(table, expressions)));
  }

  async triggerConditions(table: TableModel, conditions: readonly string[]): Promise<readonly (string | undefined)[]> {
    const asked = conditions.map((text) => this.before(text));
    return this.known(conditions, await this.oracle.triggerConditions(table, asked));
  }

  async queries(queries: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.known(queries, await this.oracle.queries(queries.map((text) => this.before(text))));
  }

  async defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]> {
    const asked = defaults.map(({ sql, type }) => ({ sql: this.before(sql), type }));
    return this.known(
      defaults.map(({ sql }) => sql),
      await this.oracle.defaults(asked),
    );
  }

  async findsRow(query: string): Promise<boolean | undefined> {
    return this.oracle.findsRow(query);
  }

  async usings(changes: Parameters<ExpressionOracle['usings']>[0]): Promise<readonly (string | undefined)[]> {
    return this.oracle.usings(changes);
  }

  private before(text: string): string {
    return this.renames.reduceRight(
      (given, { from, to }) => given.replace(new RegExp(literalOf(to), 'g'), () => quoteString(from)),
      text,
    );
  }

  private known(texts: readonly string[], answers: readonly (string | undefined)[]): readonly (string | undefined)[] {
    return answers.map((answer, index) => {
      const text = texts[index] ?? '';
      const isAmbiguous = this.renames.some(
        ({ type, from, to }) =>
          new RegExp(literalOf(to)).test(text) &&
          new RegExp(`(?:${literalOf(from)}|'\\{[^']*\\}')(?!${castTo(type)})`).test(answer ?? ''),
      );
      return isAmbiguous ? undefined : answer;
    });
  }
}

/** A pattern for a whole literal. */
function literalOf(value: string): string {
  return `(?<!')${escaped(quoteString(value))}(?!')`;
}

/** A pattern for a cast to a type, as the engine shows it. */
function castTo({ name, schema }: QualifiedName): string {
  // quotes are escaped in an answer that is JSON
  const named = (part: string): string =>
    `(?:${escaped(part)}|${escaped(quoteIdentifier(part, '"')).replaceAll('"', '\\\\?"')})`;
  return `::(?:${schema === undefined ? '\\w+' : named(schema)}\\.)?${named(name)}(?!\\w)`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

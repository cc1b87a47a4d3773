import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { InvalidOperationError } from '../../errors/operation.errors.js';
import { type Operation } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import { formatSql } from '../sql/quoting.js';
import { guard, seal } from '../sql/sealed-name.js';
import { statementsBy, type StatementTable } from './statement-table.js';
import { type Statement } from './statement.js';

/**
 * Operations as the SQL that MikroORM would write for the same entities. Needs a platform and its configuration, but no
 * connection: `new MikroORM({ …, connect: false })` is enough.
 */
export class SchemaHelperAdapter {
  constructor(
    private readonly platform: AbstractSqlPlatform,
    private readonly table: StatementTable,
  ) {}

  /**
   * The SQL of an operation, in order, each statement complete and without a semicolon at its end.
   *
   * @throws UnsupportedOperationError where the engine has no such feature.
   * @throws InvalidOperationError where the operation is not specific enough for this engine.
   */
  statements(operation: Operation): readonly Statement[] {
    const hasRows = operation.kind === 'bulkInsert' || operation.kind === 'execute';
    const held = hasRows ? undefined : [seal, guard].find((own) => JSON.stringify(operation).includes(own));
    if (held !== undefined) {
      const code = held.charCodeAt(0).toString(16).toUpperCase();
      throw new InvalidOperationError(operation.kind, `a name or literal holds U+${code}, which is no character.`);
    }
    return statementsBy(this.table, operation);
  }

  /** SQL with its `?` and `??` placeholders filled in, as MikroORM would send it. */
  format(sql: string, params: readonly EncodedValue[]): string {
    return formatSql(this.platform, sql, params);
  }
}

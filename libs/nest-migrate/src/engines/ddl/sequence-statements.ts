import { UnsupportedOperationError } from '../../errors/operation.errors.js';
import {
  type EncodedInteger,
  alteredSequence,
  type SequenceChangeDefinition,
  type SequenceDefinition,
} from '../../operations/kinds/sequence.operations.js';
import { decodeValue } from '../../operations/value.js';
import { type DialectName } from '../dialect-name.js';
import { type SchemaHelperDdl, type TableRef } from './schema-helper-ddl.js';
import { change, repeatableIf, restatement, type StatementTable } from './statement-table.js';

type SequenceKind = 'createSequence' | 'alterSequence' | 'dropSequence' | 'renameSequence';

/** The differences between engines with sequences. */
export interface SequenceWords {
  readonly noCycle: string;
  /** How many numbers a session reserves at once by default. */
  readonly cache: number;
  readonly rename: (from: string, to: TableRef) => string;
  /** The clause for a sequence's type on an engine that has types of sequences; elsewhere throws. */
  readonly type: (type: NonNullable<SequenceDefinition['type']>, operation: string) => string;
  readonly ownedBy: (owner: string, operation: string) => string;
}

/** Sequences, as PostgreSQL and MariaDB have them. */
export function sequenceStatements(ddl: SchemaHelperDdl, words: SequenceWords): Pick<StatementTable, SequenceKind> {
  return {
    createSequence: ({ schema, name, sequence, ifNotExists }) => {
      const at = { schema, table: name };
      const condition = ifNotExists === true ? 'if not exists ' : '';
      const clauses = clausesOf(ddl, words, { operation: 'createSequence', schema, change: sequence, sequence });
      const sql = [`create sequence ${condition}${ddl.qualified(at)}`, ...clauses].join(' ');
      return [repeatableIf(ifNotExists, change(sql, ddl.exists(at, null, true)))];
    },
    alterSequence: ({ schema, name, change: asked, existing = {} }) => {
      const sequence = alteredSequence(existing, asked);
      const clauses = clausesOf(ddl, words, { operation: 'alterSequence', schema, change: asked, sequence });
      return [restatement([`alter sequence ${ddl.qualified({ schema, table: name })}`, ...clauses].join(' '))];
    },
    dropSequence: ({ schema, name, ifExists }) => {
      const at = { schema, table: name };
      const sql = `drop sequence ${ifExists === true ? 'if exists ' : ''}${ddl.qualified(at)}`;
      return [repeatableIf(ifExists, change(sql, ddl.exists(at, null, false)))];
    },
    renameSequence: ({ schema, from, to }) => {
      const after = { schema, table: to };
      const sql = words.rename(ddl.qualified({ schema, table: from }), after);
      return [change(sql, ddl.exists(after, null, true))];
    },
  };
}

/** Sequences on an engine that has none. */
export function noSequences(dialect: DialectName): Pick<StatementTable, SequenceKind> {
  const refuse = (operation: SequenceKind) => (): never => {
    throw new UnsupportedOperationError(
      operation,
      dialect,
      'it has no sequences.',
      'Count with an autoincrement column.',
    );
  };
  return {
    createSequence: refuse('createSequence'),
    alterSequence: refuse('alterSequence'),
    dropSequence: refuse('dropSequence'),
    renameSequence: refuse('renameSequence'),
  };
}

interface Clauses {
  readonly operation: SequenceKind;
  readonly schema: string | undefined;
  /** The changed properties. */
  readonly change: SequenceChangeDefinition;
  /** The whole sequence after the change. */
  readonly sequence: SequenceDefinition;
}

function clausesOf(ddl: SchemaHelperDdl, words: SequenceWords, { operation, schema, ...clauses }: Clauses): string[] {
  const { type, increment, minValue, maxValue, start, cache, cycle, ownedBy } = clauses.change;
  const said: readonly (string | false | undefined)[] = [
    type !== undefined && words.type(type ?? 'bigint', operation),
    increment !== undefined && `increment by ${numberOf(increment ?? 1)}`,
    minValue !== undefined && (minValue === null ? 'no minvalue' : `minvalue ${numberOf(minValue)}`),
    maxValue !== undefined && (maxValue === null ? 'no maxvalue' : `maxvalue ${numberOf(maxValue)}`),
    start !== undefined && `start with ${start === null ? defaultStart(clauses.sequence) : numberOf(start)}`,
    cache !== undefined && `cache ${numberOf(cache ?? words.cache)}`,
    cycle !== undefined && (cycle === true ? 'cycle' : words.noCycle),
    ownedBy !== undefined &&
      words.ownedBy(
        ownedBy === null ? 'none' : `${ddl.qualified({ schema, table: ownedBy.table })}.${ddl.quote(ownedBy.column)}`,
        operation,
      ),
  ];
  return said.filter((clause) => typeof clause === 'string');
}

/** The default start of a sequence. */
function defaultStart({ increment = 1, minValue = 1, maxValue = -1 }: SequenceDefinition): string {
  return numberOf(numberOf(increment).startsWith('-') ? maxValue : minValue);
}

function numberOf(value: EncodedInteger): string {
  return String(decodeValue(value));
}

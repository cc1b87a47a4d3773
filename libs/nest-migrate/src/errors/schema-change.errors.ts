import { MigrationError } from './migration.error.js';

/**
 * Thrown where a table is larger than `onlineSchemaChange.above`, and the program that would change it would change more
 * than that. Nothing was done to the table.
 */
export class LargeTableError extends MigrationError {
  readonly code = 'LARGE_TABLE';

  constructor(
    /** The table. */
    readonly table: string,
    /** How large it is, as the server estimates it. */
    readonly size: { readonly rows: number; readonly bytes: number },
    program: string,
    obstacle: string,
  ) {
    super(
      `${table} (about ${size.rows} rows) is larger than onlineSchemaChange.above, and ${program} cannot change it: ${obstacle}.`,
      { cure: "Say how the server may do it, with 'algorithm' and 'lock' in op.batchAlterTable, or raise 'above'." },
    );
  }
}

/** Thrown where a program that was not started by this tool works on a table, or has left something beside it. */
export class LeftByProgramError extends MigrationError {
  readonly code = 'LEFT_BY_PROGRAM';

  constructor(
    /** The table. */
    readonly table: string,
    /** What there is beside it. */
    readonly names: readonly string[],
    removal: readonly string[],
  ) {
    super(`A program that changes ${table} is at work, or has left something behind: ${names.join(', ')}.`, {
      cure: `Where no such program runs, remove it: ${removal.join('; ')}.`,
    });
  }
}

/** Thrown where the program of the option `onlineSchemaChange` did not change a table. */
export class SchemaChangeFailedError extends MigrationError {
  readonly code = 'SCHEMA_CHANGE_FAILED';

  constructor(
    /** The name of the program. */
    readonly program: string,
    /** How it ended, as the end of a sentence. */
    how: string,
    /** The last lines that it has written. */
    readonly output: readonly string[],
    options: ErrorOptions & { readonly cure?: string } = {},
  ) {
    const last = output.at(-1);
    super(`${program} ${how}${last === undefined ? '.' : `: ${last.replace(/\.$/, '')}.`}`, options);
  }
}

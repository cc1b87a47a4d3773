import {
  type Blocked,
  type ImpactMeter,
  type MeasuredSession,
  type StatementImpact,
  type TableImpact,
} from '../../impact/impact.js';
import { wordsOf } from '../../sql/sql-words.js';
import { sqliteSql } from '../lexical-rules.js';
import { type Program, programOf } from './program.js';
import { changedTables, readSchemaObjects, type SchemaObject } from './schema-objects.js';

/**
 * What waits for the locks on the file, as long as its journal is no write-ahead log. A statement that writes as much as
 * a table has keeps readers out as well, since its pages do not fit into memory.
 */
const BLOCKS: Readonly<Record<'SHARED' | 'RESERVED' | 'EXCLUSIVE', Blocked>> = {
  SHARED: { reads: false, writes: true, schemaChanges: true },
  RESERVED: { reads: false, writes: true, schemaChanges: true },
  EXCLUSIVE: { reads: true, writes: true, schemaChanges: true },
};

/**
 * Measures on SQLite: the program that it makes of a statement says which tables it reads from beginning to end, and
 * which it writes again. The lock is always on the whole file; the tables are those that the statement works on.
 */
export class SqliteMeter implements ImpactMeter {
  /** The tables that the run has created, and not as copies of others. */
  #created: ReadonlySet<string> = new Set();

  async measure(
    session: MeasuredSession,
    sql: string | null,
    send: (sql: string) => Promise<void>,
  ): Promise<StatementImpact> {
    if (sql === null) {
      await send('');
      return unknown('What op.transaction sends is not known beforehand.');
    }
    const before = await readSchemaObjects(session);
    const program = await programOf(session, sql, before);
    await send(sql);
    const after = await readSchemaObjects(session);
    const tables = this.#tables({ sql, program, before, after });
    this.#note(program, before, after);
    return program === undefined
      ? unknown('SQLite shows no program for it.')
      : { tables, algorithm: null, source: 'measured', reason: null };
  }

  #tables(ran: Ran): readonly TableImpact[] {
    const { before, after, program } = ran;
    const changed = changedTables(before, after);
    const existing = before.filter(({ type }) => type === 'table' || type === 'view').map(({ name }) => name);
    return existing
      .filter((name) => changed.has(name) || program?.opened.has(name) === true || isVacuum(ran))
      .map((name) => this.#impactOn(name, changed, ran));
  }

  #impactOn(table: string, changed: ReadonlySet<string>, ran: Ran): TableImpact {
    const { program, before, after } = ran;
    const indexes = after.filter(({ type, table: of }) => type === 'index' && of === table).map(({ name }) => name);
    const had = new Set(before.map(({ name }) => name));
    const built = indexes.filter((name) => !had.has(name) || program?.cleared.has(name) === true);
    const work = this.#workOn(table, changed, ran);
    const writes = changed.size > 0 || program === undefined || program.written.size > 0 || program.cleared.size > 0;
    const isLarge = work === 'rewrite' || built.length > 0 || writesScanned(program);
    const lock = isLarge ? 'EXCLUSIVE' : writes ? 'RESERVED' : 'SHARED';
    return {
      schema: undefined,
      table,
      lock,
      blocks: BLOCKS[lock],
      work,
      indexes: built.sort(),
      rows: null,
      isNew: this.#created.has(table),
    };
  }

  #workOn(table: string, changed: ReadonlySet<string>, ran: Ran): TableImpact['work'] {
    const { program } = ran;
    if (isVacuum(ran) || (changed.size > 0 && program?.rewritten.has(table) === true)) return 'rewrite';
    if (program?.scanned.has(table) === true) return this.#copies(program).has(table) ? 'rewrite' : 'scan';
    return changed.has(table) && program?.opensVirtual === true ? 'scan' : 'metadata';
  }

  /** The tables whose rows go into a table that the run has created, as in a rebuild. */
  #copies({ written, scanned }: Program): ReadonlySet<string> {
    const intoNew = [...written].some((name) => this.#created.has(name));
    return new Set(intoNew ? [...scanned].filter((name) => !written.has(name)) : []);
  }

  /** Remembers what the run has created, under the names that it has now. A copy of a table stands for that table. */
  #note(program: Program | undefined, before: readonly SchemaObject[], after: readonly SchemaObject[]): void {
    const namesOf = (objects: readonly SchemaObject[]): readonly string[] =>
      objects.filter(({ type }) => type === 'table').map(({ name }) => name);
    const [old, now] = [namesOf(before), namesOf(after)];
    const gone = old.filter((name) => !now.includes(name));
    const come = now.filter((name) => !old.includes(name));
    const isCreated = gone.length > 0 ? gone.some((name) => this.#created.has(name)) : come.length > 0;
    const copies = program !== undefined && [...this.#copies(program)].some((name) => !this.#created.has(name));
    this.#created = new Set(
      [...this.#created, ...(isCreated ? come : [])].filter(
        (name) => now.includes(name) && !(copies && program.written.has(name)),
      ),
    );
  }
}

/** A statement that ran, and the schema around it. */
interface Ran {
  readonly sql: string;
  readonly program: Program | undefined;
  readonly before: readonly SchemaObject[];
  readonly after: readonly SchemaObject[];
}

/** Whether it may write as many rows as there are in a table that it reads from beginning to end. */
function writesScanned(program: Program | undefined): boolean {
  return program !== undefined && program.written.size > 0 && program.scanned.size > 0;
}

/** It writes the whole file again. */
function isVacuum({ sql }: Ran): boolean {
  return [...wordsOf(sql, sqliteSql.rules)][0]?.code === 'vacuum';
}

function unknown(reason: string): StatementImpact {
  return { tables: [], algorithm: null, source: 'unknown', reason };
}

import { type SqlSession } from '../../session/sql-session.js';
import { type SchemaObject } from './schema-objects.js';

/** An instruction of the program that SQLite makes of a statement, as `explain` shows it. */
interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p5: number;
}

/** What the program of a statement does with the tables. */
export interface Program {
  /** The tables that it opens. */
  readonly opened: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
  /** The tables of which it reads all rows, in the table or in an index. */
  readonly scanned: ReadonlySet<string>;
  /** The tables in which it writes each row again. */
  readonly rewritten: ReadonlySet<string>;
  /** The indexes that it empties. */
  readonly cleared: ReadonlySet<string>;
  /** Whether it opens something that is computed, as the check of a whole table is. */
  readonly opensVirtual: boolean;
}

/** The place of an instruction's second operand is a register, which is known only while it runs. */
const IN_REGISTER = 0x10;

/** Asks for the program of a statement; `undefined` where there is none. */
export async function programOf(
  session: SqlSession,
  sql: string,
  objects: readonly SchemaObject[],
): Promise<Program | undefined> {
  const instructions = await session.query<Instruction>(`explain ${sql}`).catch(() => undefined);
  if (instructions === undefined) return undefined;
  const of = new Map(objects.filter(({ root }) => root > 0).map((object) => [object.root, object]));
  const cursors = new Map<number, { readonly object: SchemaObject; readonly writes: boolean }>();
  const steps = new Set<number>();
  const inserts = new Set<number>();
  const begun = new Set<number>();
  const counted = new Set<number>();
  const cleared = new Set<string>();
  for (const { opcode, p1, p2, p3, p5 } of instructions) {
    if (opcode === 'OpenRead' || opcode === 'OpenWrite') {
      const object = p3 === 0 && (p5 & IN_REGISTER) === 0 ? of.get(p2) : undefined;
      if (object !== undefined) cursors.set(p1, { object, writes: opcode === 'OpenWrite' });
    } else if (opcode === 'Rewind' || opcode === 'Last') begun.add(p1);
    else if (opcode === 'Next' || opcode === 'Prev') steps.add(p1);
    else if (opcode === 'Insert') inserts.add(p1);
    else if (opcode === 'Count') counted.add(p1);
    else if (opcode === 'Clear') {
      const object = of.get(p1);
      if (object?.type === 'index') cleared.add(object.name);
    }
  }
  const tablesWhere = (
    is: (cursor: number, opened: { readonly object: SchemaObject; readonly writes: boolean }) => boolean,
  ): ReadonlySet<string> =>
    new Set([...cursors].filter(([cursor, opened]) => is(cursor, opened)).map(([, { object }]) => object.table));
  const isLoop = (cursor: number): boolean => begun.has(cursor) && steps.has(cursor);
  return {
    opened: tablesWhere(() => true),
    written: tablesWhere((_, { writes }) => writes),
    scanned: tablesWhere((cursor) => isLoop(cursor) || counted.has(cursor)),
    rewritten: tablesWhere(
      (cursor, { writes, object }) => writes && object.type === 'table' && isLoop(cursor) && inserts.has(cursor),
    ),
    cleared,
    opensVirtual: instructions.some(({ opcode }) => opcode === 'VOpen'),
  };
}

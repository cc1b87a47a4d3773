import { createHash } from 'node:crypto';
import { type AbstractSqlConnection, type Kysely, type MikroORM, type Transaction } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { type Engine } from '../engines/engine.js';
import {
  type DescribedObject,
  type DescriptionScope,
  type HiddenPart,
  type ReadingSession,
} from '../engines/fingerprint/schema-description.js';

/** The whole schema of a database as text. Databases whose schemas do the same have the same text. */
export interface Fingerprint {
  /** Of the text, as hexadecimal digits. */
  readonly hash: string;
  /**
   * A line that says what it can be compared with, and then one line for each object, comment and grant, sorted. Each
   * has the full name of its object before a colon, and the definition after it. Backslashes and line breaks are
   * written as in a string of JavaScript.
   */
  readonly text: string;
}

/** What is read, and where. */
export interface FingerprintOptions extends Partial<DescriptionScope> {
  /** A client or a transaction of the ORM's connection to read in. Default: another connection of the pool. */
  readonly context?: Transaction;
}

/** How the text is made. Texts that were made in another way cannot be compared. */
const FORMAT = 1;

/** Begins the lines that tell of what the server did not show. */
const HIDDEN = '# hidden: ';

/** Reads the schema that the database of an ORM has. Changes nothing, and needs no lock. */
export async function fingerprint(
  orm: Pick<MikroORM, 'config' | 'driver' | 'em'>,
  { context, ...scope }: FingerprintOptions = {},
): Promise<Fingerprint> {
  const engine = engineFor(orm);
  const connection = orm.em.getConnection();
  const read = async (client: Transaction): Promise<Fingerprint> =>
    fingerprintOf(engine, sessionOn(connection, client), scope);
  if (context !== undefined) return read(context);
  if (!(await connection.isConnected())) await connection.connect();
  return connection.getClient<unknown>().connection().execute(read);
}

/** As {@link fingerprint}, in a session. */
export async function fingerprintOf(
  engine: Engine,
  session: ReadingSession,
  { ignoredTables = [], ignoredSchemas = [] }: Partial<DescriptionScope> = {},
): Promise<Fingerprint> {
  const { server, hidden, objects } = await engine.describe(session, { ignoredTables, ignoredSchemas });
  const head = [`# ${server}, format ${FORMAT}`, ...hidden.map((part) => HIDDEN + part)];
  const lines = new Set([...objects].sort(byName).map(lineOf));
  const text = [...head, ...lines, ''].join('\n');
  return { hash: createHash('sha256').update(text).digest('hex'), text };
}

function sessionOn(connection: AbstractSqlConnection, client: Transaction): ReadingSession {
  return {
    inTransaction: (client as Kysely<unknown>).isTransaction,
    query: <T>(sql: string) => connection.execute<T[]>(sql, [], 'all', client, { enabled: false }),
  };
}

function byName(a: DescribedObject, b: DescribedObject): number {
  if (a.object !== b.object) return a.object < b.object ? -1 : 1;
  return a.definition < b.definition ? -1 : 1;
}

function lineOf({ object, definition }: DescribedObject): string {
  const line = definition === '' ? object : `${object}: ${definition}`;
  return line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** How two fingerprints compare. */
export type FingerprintComparison =
  | { readonly verdict: 'equal'; readonly hidden: readonly HiddenPart[] }
  | {
      readonly verdict: 'different';
      /** Lines that only the first one has. */
      readonly removed: readonly string[];
      /** Lines that only the second one has. */
      readonly added: readonly string[];
      /** The lines of objects that both have. */
      readonly changed: readonly { readonly before: string; readonly after: string }[];
      /** What was not compared, since one of the servers did not show it. */
      readonly hidden: readonly HiddenPart[];
    }
  | {
      readonly verdict: 'not comparable';
      /** The first lines: engine, version and format. */
      readonly servers: readonly [string, string];
    };

/** Compares the fingerprints of two databases, or of one at two moments. */
export function compareFingerprints(
  before: Pick<Fingerprint, 'text'>,
  after: Pick<Fingerprint, 'text'>,
): FingerprintComparison {
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old.server !== now.server) return { verdict: 'not comparable', servers: [old.server, now.server] };
  const hidden = [...new Set([...old.hidden, ...now.hidden])].sort();
  const isSeen = (line: string): boolean => !hidden.some((part) => hiddenLines[part].test(line));
  const gone = without(old.lines, now.lines).filter(isSeen);
  const come = without(now.lines, old.lines).filter(isSeen);
  if (gone.length === 0 && come.length === 0) return { verdict: 'equal', hidden };
  const successors = new Map(come.map((line) => [lineObject(line), line]));
  const changed = gone.flatMap((line) => {
    const successor = successors.get(lineObject(line));
    if (successor === undefined) return [];
    successors.delete(lineObject(line));
    return [{ before: line, after: successor }];
  });
  const removed = without(
    gone,
    changed.map((pair) => pair.before),
  );
  const added = without(
    come,
    changed.map((pair) => pair.after),
  );
  return { verdict: 'different', removed, added, changed, hidden };
}

/** The lines of what a server may hide. */
const hiddenLines: Readonly<Record<HiddenPart, RegExp>> = {
  events: /^event /,
  grants: / grant to /,
  routines: /^(?:function|procedure|package|package body) /,
  triggers: /^(?:table|view) (?:\w+|`(?:[^`]|``)*`) trigger /,
  views: /^view /,
};

interface FingerprintParts {
  readonly server: string;
  readonly hidden: readonly HiddenPart[];
  readonly lines: readonly string[];
}

function partsOf({ text }: Pick<Fingerprint, 'text'>): FingerprintParts {
  const [server = '', ...rest] = text.split('\n').filter((line) => line !== '');
  const hidden = rest.filter((line) => line.startsWith(HIDDEN)).map((line) => line.slice(HIDDEN.length) as HiddenPart);
  return { server, hidden, lines: rest.slice(hidden.length) };
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}

/** The object that a line tells of: what stands before the colon; a quoted name may hold one itself. */
export function lineObject(line: string): string {
  return /^(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|(?!: ).)*/.exec(line)?.[0] ?? line;
}

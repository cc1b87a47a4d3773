import { type StatementImpact } from '../../impact/impact.js';
import { unquoteIdentifier } from '../../sql/quoting.js';
import { type Word, wordsOf } from '../../sql/sql-words.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { type LockMode } from './lock-modes.js';
import { type OutsideStatement, outsideImpact } from './outside-statement.js';
import { readRelations, type Relation, type Relations } from './relations.js';

/** The objects that a statement was seen to change, and the words that it consists of. */
interface Seen {
  readonly before: Relations;
  readonly after: Relations;
  readonly words: readonly Word[];
}

interface KnownStatement {
  readonly words: RegExp;
  /** The relations that it locks, with the mode. */
  readonly locks: (seen: Seen) => Iterable<readonly [number, LockMode]>;
}

/**
 * The statements that PostgreSQL refuses in a transaction, with the locks that they take there. A test on servers holds
 * this against what is measured. PGlite, which has no second session, takes it from here.
 */
const KNOWN: readonly KnownStatement[] = [
  {
    words: /^(?:create (?:unique )?index|drop index|reindex .*) concurrently\b|^reindex \( .*\bconcurrently\b/,
    locks: (seen) => changedIndexes(seen).map((index) => [index.table ?? index.oid, 'ShareUpdateExclusiveLock']),
  },
  {
    words: /^reindex\b/,
    locks: (seen) => changedIndexes(seen).map(({ oid }) => [oid, 'AccessExclusiveLock']),
  },
  {
    words: /^alter table .* detach partition .* (?:concurrently|finalize)$/,
    locks: ({ before, words }) => {
      const [parent, partition] = namesIn(words).map((name) => relationOf(name, before));
      const found: (readonly [number, LockMode])[] = [];
      if (parent !== undefined) found.push([parent.oid, 'ShareUpdateExclusiveLock']);
      if (partition !== undefined) found.push([partition.oid, 'AccessExclusiveLock']);
      return found;
    },
  },
  {
    words: /^(?:vacuum \(? ?(?:\w+ )*full\b|cluster\b)/,
    locks: ({ before, after }) =>
      [...before.all.values()]
        .filter(({ oid, file, table }) => table === null && after.all.get(oid)?.file !== file)
        .map(({ oid }) => [oid, 'AccessExclusiveLock']),
  },
  {
    words: /^vacuum\b/,
    locks: ({ before, words }) => {
      const named = namesIn(words).map((name) => relationOf(name, before));
      const tables = [...before.all.values()].filter(({ kind }) => kind === 'r' || kind === 'm');
      return tables
        .filter((table) => named.every((one) => one === undefined) || named.includes(table))
        .map(({ oid }) => [oid, 'ShareUpdateExclusiveLock']);
    },
  },
];

/** Runs a statement that is known, and tells what it does there. */
export async function knownImpact(statement: OutsideStatement): Promise<StatementImpact> {
  const { session, sql, send, before } = statement;
  await send();
  const after = await readRelations(session);
  const words = [...wordsOf(sql, postgresLexicalRules)].filter(({ code }) => code !== ';');
  const text = words.map(({ code }) => code ?? 'name').join(' ');
  const known = KNOWN.find((one) => one.words.test(text));
  if (known === undefined) {
    const reason = 'PGlite has no second session that could watch it, and it is in no table.';
    return { tables: [], algorithm: null, source: 'unknown', reason };
  }
  const locks = new Map([...known.locks({ before, after, words })].map(([oid, mode]) => [oid, new Set([mode])]));
  return outsideImpact(statement, locks, 'table', after);
}

/** The indexes that were built or dropped. */
function changedIndexes({ before, after }: Seen): readonly Relation[] {
  const indexes = [...before.all.values(), ...after.all.values()].filter(({ table }) => table !== null);
  return indexes.filter(({ oid }) => before.all.get(oid)?.file !== after.all.get(oid)?.file);
}

/** Words that are no names in these statements. */
const KEYWORDS = new Set(
  'alter table if exists only detach partition concurrently finalize vacuum full freeze verbose analyze'.split(' '),
);

/** The names in a statement, with their schemas. */
function namesIn(words: readonly Word[]): readonly (readonly string[])[] {
  const names: string[][] = [];
  let isOption = false;
  let isContinued = false;
  for (const { kind, text, code } of words) {
    if (code === '(') isOption = true;
    else if (code === ')') isOption = false;
    else if (code === '.') isContinued = true;
    else if (!isOption && (kind === 'name' || (kind === 'word' && (isContinued || !KEYWORDS.has(code ?? ''))))) {
      const name = kind === 'name' ? unquoteIdentifier(text) : (code ?? text);
      if (isContinued) names.at(-1)?.push(name);
      else names.push([name]);
      isContinued = false;
    }
  }
  return names;
}

function relationOf(name: readonly string[], { all }: Relations): Relation | undefined {
  const [table, schema] = [...name].reverse();
  return [...all.values()].find(
    (relation) => relation.name === table && (schema === undefined || relation.schema === schema),
  );
}

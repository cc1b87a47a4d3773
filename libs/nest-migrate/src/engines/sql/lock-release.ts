import { type BodyRules, statementHeads } from './statement-heads.js';
import { valueOf, wordsOf } from './sql-words.js';

/** What lets go of every lock of the session, the migration lock among them. */
export interface LockRelease {
  /** The words that do so, such as `discard all`. */
  readonly words: string;
  /** What to use in their place, as a sentence. */
  readonly instead: string;
}

/** What an engine has of that kind. */
export interface LockReleases {
  /** By the first words of a statement. */
  readonly statements: Readonly<Record<string, string>>;
  /** By the name of a function. */
  readonly functions: Readonly<Record<string, string>>;
}

/** The part of a text that lets go of all locks when it runs; `undefined` where there is none at the top level. */
export function lockRelease(sql: string, rules: BodyRules, releases: LockReleases): LockRelease | undefined {
  const heads = [...statementHeads(sql, rules)];
  for (const [words, instead] of Object.entries(releases.statements)) {
    if (heads.some((head) => head === words)) return { words, instead };
  }
  // the body of a routine runs where a caller of it runs
  if (heads.some((head) => /^(?:create|alter)\b/.test(head))) return undefined;
  // a name may be quoted, on MySQL under ANSI_QUOTES also with double quotes
  const words = [...wordsOf(sql, rules.lexical)];
  for (const [name, instead] of Object.entries(releases.functions)) {
    if (words.some((word, at) => words[at + 1]?.code === '(' && valueOf(word).toLowerCase() === name)) {
      return { words: `${name}()`, instead };
    }
  }
  return undefined;
}

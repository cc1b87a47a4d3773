import { type BodyRules, statementHeads } from './statement-heads.js';
import { valueOf, type Word, wordsOf } from './sql-words.js';

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
  /**
   * What stands before a text that is SQL and runs at once, word by word. What is quoted is a `?`. None of the statements
   * above can be in such a text.
   */
  readonly texts: RegExp;
}

/**
 * The part of a text that lets go of all locks when it runs, at its top level or within a literal that is run at once;
 * `undefined` where there is none.
 */
export function lockRelease(sql: string, rules: BodyRules, releases: LockReleases): LockRelease | undefined {
  const heads = [...statementHeads(sql, rules)];
  for (const [words, instead] of Object.entries(releases.statements)) {
    if (heads.some((head) => head === words)) return { words, instead };
  }
  // the body of a routine runs where a caller of it runs
  if (heads.some(isCreated)) return undefined;
  return releaseIn([...wordsOf(sql, rules.lexical)], rules, releases);
}

function isCreated(head: string): boolean {
  return /^(?:create|alter)\b/.test(head);
}

function releaseIn(words: readonly Word[], rules: BodyRules, releases: LockReleases): LockRelease | undefined {
  // a name may be quoted, on MySQL under ANSI_QUOTES also with double quotes
  for (const [name, instead] of Object.entries(releases.functions)) {
    if (words.some((word, at) => words[at + 1]?.code === '(' && valueOf(word).toLowerCase() === name)) {
      return { words: `${name}()`, instead };
    }
  }
  for (const text of textsThatRun(words, releases.texts)) {
    const inside = [...wordsOf(text, rules.lexical)];
    const release = isCreated(inside[0]?.code ?? '') ? undefined : releaseIn(inside, rules, releases);
    if (release !== undefined) return release;
  }
  return undefined;
}

/** The number of words before a text that are looked at. */
const BEFORE = 4;

/** The texts behind what `before` matches. Literals that follow one another are one text. */
function* textsThatRun(words: readonly Word[], before: RegExp): Generator<string> {
  const isText = (word: Word | undefined): boolean => word?.kind === 'string' || word?.kind === 'body';
  for (let at = 0; at < words.length; at++) {
    if (!isText(words[at])) continue;
    const codes = words.slice(Math.max(0, at - BEFORE), at).map(({ code }) => code ?? '?');
    const text = [contentOf(words[at])];
    while (isText(words[at + 1])) text.push(contentOf(words[++at]));
    if (before.test(codes.join(' '))) yield text.join('');
  }
}

/** What a literal says. A backslash is read as if it escaped: where it does not, no name is spelled with one. */
function contentOf(literal: Word): string {
  if (literal.kind === 'body') return literal.text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '');
  const escaped = (_whole: string, character: string): string => (/[bnrtZ0]/.test(character) ? ' ' : character);
  return valueOf(literal).replace(/\\([\s\S])/g, escaped);
}

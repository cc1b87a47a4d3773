import { lockRelease, type LockRelease, type LockReleases } from './lock-release.js';
import { quoteQualified } from './quoting.js';
import { type LexicalRules } from './sql-lexer.js';
import { SqlReader } from './sql-reader.js';
import { valueOf, wordsOf } from './sql-words.js';
import { transactionControl } from './transaction-control.js';

/** How an engine's SQL is written, and what some of it does. */
export interface WritingRules {
  /** The quote character of names. */
  readonly mark: '"' | '`';
  /** A text as a literal that means the same under every setting of a server. */
  readonly text: (text: string) => string;
  /** As {@link BodyRules.isMySql}. */
  readonly isMySql?: boolean;
  /** Whether a savepoint begins a transaction where there is none. */
  readonly savepointsBegin?: boolean;
  /** What releases the migration lock together with all other locks of the session; absent where nothing does. */
  readonly lockReleases?: LockReleases;
}

/** The SQL of one engine: how it is read, how names are quoted and how texts are written. */
export class EngineSql extends SqlReader {
  constructor(
    rules: LexicalRules,
    private readonly writing: WritingRules,
  ) {
    super(rules);
  }

  /** Identifiers quoted one by one and joined with dots; a dot inside a name stays part of the name. */
  readonly quote = (...names: readonly (string | undefined)[]): string => quoteQualified(names, this.writing.mark);

  /** A text as a literal. */
  readonly text = (text: string): string => this.writing.text(text);

  /**
   * The text with another name in place of `from`, which is a name in the code, quoted or not, whatever the case of its
   * letters. A word before a parenthesis is a function and stays, and so does one behind `::`, which is a type.
   */
  withNameReplaced(sql: string, from: string, to: string): string {
    const words = [...wordsOf(sql, this.rules)];
    let text = sql;
    for (const [index, word] of [...words.entries()].toReversed()) {
      const isName = word.kind === 'name' || (word.kind === 'word' && words[index + 1]?.text !== '(');
      const isType = words[index - 1]?.text === ':' && words[index - 2]?.text === ':';
      if (!isName || isType || valueOf(word).toLowerCase() !== from.toLowerCase()) continue;
      text = text.slice(0, word.start) + this.quote(to) + text.slice(word.end);
    }
    return text;
  }

  /**
   * The first words of a statement, in SQL of a revision, that begins or ends a transaction, such as `commit`;
   * `undefined` where there is none at the top level. What a routine does when it is called can be noticed only after
   * the call. Outside of a transaction a savepoint may begin one.
   */
  transactionControl(sql: string, inTransaction = true): string | undefined {
    const { isMySql, savepointsBegin = false } = this.writing;
    return transactionControl(sql, { lexical: this.rules, isMySql, savepoints: savepointsBegin && !inTransaction });
  }

  /**
   * The part of SQL of a revision that would let go of the migration lock together with all other locks of the session;
   * `undefined` where there is none at the top level.
   */
  lockRelease(sql: string): LockRelease | undefined {
    const { isMySql, lockReleases } = this.writing;
    return lockReleases === undefined ? undefined : lockRelease(sql, { lexical: this.rules, isMySql }, lockReleases);
  }
}

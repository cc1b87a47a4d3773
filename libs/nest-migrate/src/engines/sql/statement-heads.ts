import { type LexicalRules } from './sql-lexer.js';
import { wordsOf } from './sql-words.js';

/** How an engine nests statements in the body of a routine. */
export interface BodyRules {
  readonly lexical: LexicalRules;
  /** MySQL and MariaDB: a body needs no `begin`. */
  readonly isMySql?: boolean;
}

const ROUTINES = new Set(['function', 'procedure', 'trigger', 'event', 'package']);

/** Other kinds of objects that are created. Their names may be words such as the ones above. */
const OTHER_KINDS = new Set(['table', 'index', 'view', 'sequence', 'type', 'user', 'role', 'schema', 'database']);

/** The number of words of a statement that are checked. */
const HEAD = 4;

/**
 * The first words of each statement at the top level, in lower case, up to the first piece that is not a word. The
 * content of strings, comments and the bodies of routines and triggers does not count.
 */
export function* statementHeads(sql: string, { lexical, isMySql = false }: BodyRules): Generator<string> {
  let statement = new StatementScan();
  for (const { kind, code } of wordsOf(sql, lexical)) {
    if (code === undefined) statement.other();
    else if (code === ';' && statement.endsHere(isMySql)) {
      yield statement.head;
      statement = new StatementScan();
    } else if (kind === 'symbol') statement.mark(code);
    else statement.word(code);
  }
  yield statement.head;
}

/** One statement, while its words are read. */
class StatementScan {
  #words: string[] = [];
  #isHead = true;
  #isOther = false;
  #isRoutine = false;
  #hasBlock = false;
  #parentheses = 0;
  /** The number of open `begin` and `case`. */
  #blocks = 0;
  #previous = '';

  get head(): string {
    return this.#words.join(' ');
  }

  word(word: string): void {
    if (this.#isHead && this.#words.length < HEAD) this.#words.push(word);
    if (OTHER_KINDS.has(word)) this.#isOther = true;
    if (ROUTINES.has(word) && !this.#isOther && /^(?:create|alter)\b/.test(this.head)) this.#isRoutine = true;
    this.#countBlocks(word);
    // MariaDB runs such a block immediately
    if (this.head === 'begin not atomic') this.#openBlock();
    this.#previous = word;
  }

  mark(mark: string): void {
    this.#isHead = false;
    this.#previous = mark;
    if (mark === '(') this.#parentheses += 1;
    else if (mark === ')') this.#parentheses -= 1;
  }

  /** Reads a string, a quoted name or a quoted body. */
  other(): void {
    this.#isHead = false;
    this.#previous = '';
  }

  /**
   * Whether a semicolon ends the statement. `maySpread`: the body of a routine may be several statements without a
   * block.
   */
  endsHere(maySpread: boolean): boolean {
    this.#previous = ';';
    if (this.#isRoutine && maySpread && !this.#hasBlock) return false;
    return this.#blocks === 0 && this.#parentheses <= 0;
  }

  #openBlock(): void {
    this.#isRoutine = true;
    this.#hasBlock = true;
    this.#blocks = 1;
  }

  #countBlocks(word: string): void {
    if (!this.#isRoutine) return;
    const closes = this.#previous === 'end';
    if (word === 'begin') {
      this.#hasBlock = true;
      this.#blocks += 1;
    } else if (word === 'end' && this.#blocks > 0) this.#blocks -= 1;
    else if (word === 'case' && this.#blocks > 0 && !closes) this.#blocks += 1;
    // `end if` does not end a `begin`
    else if (closes && /^(?:if|loop|while|repeat|for)$/.test(word)) this.#blocks += 1;
  }
}

import { type Word } from '../../sql/sql-words.js';
import { nameOf, tokens } from '../tokens.js';

/** One clause of a column, such as `not null` or `check (…)`, exactly as written. */
export interface ColumnClause {
  readonly kind:
    'primaryKey' | 'notNull' | 'null' | 'unique' | 'check' | 'default' | 'collate' | 'references' | 'generated';
  readonly name?: string;
  /** The clause without its name. */
  readonly text: string;
  /** The expression of a check or a generated column, the value of a default, the name of a collation. */
  readonly value?: string;
}

export interface ColumnSource {
  readonly name: string;
  /** Empty where the column has no type. */
  readonly type: string;
  readonly clauses: readonly ColumnClause[];
}

/** A constraint of the table as a whole. */
export interface ConstraintSource {
  readonly kind: 'primaryKey' | 'unique' | 'check' | 'foreignKey';
  readonly name?: string;
  /** The constraint without its name. */
  readonly text: string;
  /** The columns of a key. */
  readonly columns: readonly string[];
  /** The expression of a check. */
  readonly value?: string;
}

/** A table as its `create table` statement describes it. No pragma returns all of this. */
export interface TableSource {
  readonly name: string;
  readonly columns: readonly ColumnSource[];
  readonly constraints: readonly ConstraintSource[];
  /** The text after the closing parenthesis: `strict`, `without rowid`. */
  readonly options: string;
}

/** The parts of a `references` clause, of a column or of a table's foreign key. */
export interface ReferenceSource {
  readonly table: string;
  /** Empty where the primary key is meant. */
  readonly columns: readonly string[];
  readonly deleteRule?: string;
  readonly updateRule?: string;
  readonly deferred?: 'deferred' | 'immediate';
}

/** Parses a `create table` statement; `undefined` for any other statement (a virtual table). */
export function parseTable(sql: string): TableSource | undefined {
  return new TableParser(sql).table();
}

/** Parses the text after a foreign key's `references`. */
export function parseReference(text: string): ReferenceSource {
  const all = tokens(text);
  const at = all.findIndex(({ code }) => code === 'references');
  const words = all.slice(at + 1);
  const table = nameOf(words[0]);
  const listed =
    words[1]?.code === '('
      ? words.slice(
          2,
          words.findIndex(({ code }) => code === ')'),
        )
      : [];
  const rest = words.map(({ kind, code }) => (kind === 'word' ? code : '')).join(' ');
  const rule = (event: string): string | undefined =>
    new RegExp(`\\bon ${event} (set null|set default|no action|cascade|restrict)`).exec(rest)?.[1];
  const deleteRule = rule('delete');
  const updateRule = rule('update');
  const deferred = /(?<!not )\bdeferrable initially (deferred|immediate)/.exec(rest)?.[1] as
    ReferenceSource['deferred'] | undefined;
  return {
    table,
    columns: listed.filter(({ code }) => code !== ',').map(nameOf),
    ...(deleteRule !== undefined && { deleteRule }),
    ...(updateRule !== undefined && { updateRule }),
    ...(deferred !== undefined && { deferred }),
  };
}

const tableConstraints = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);
const columnClauses = new Set([
  'constraint',
  'primary',
  'not',
  'null',
  'unique',
  'check',
  'default',
  'collate',
  'references',
  'generated',
  'as',
]);

class TableParser {
  readonly #tokens: readonly Word[];
  #at = 0;

  constructor(private readonly sql: string) {
    this.#tokens = tokens(sql);
  }

  table(): TableSource | undefined {
    if (!this.#takeWord('create')) return undefined;
    this.#takeWord('temp', 'temporary');
    if (!this.#takeWord('table')) return undefined;
    if (this.#takeWord('if')) this.#at += 2;
    let name = nameOf(this.#next());
    if (this.#isSymbol('.')) {
      this.#next();
      name = nameOf(this.#next());
    }
    if (!this.#isSymbol('(')) return undefined;
    this.#next();
    const columns: ColumnSource[] = [];
    const constraints: ConstraintSource[] = [];
    while (this.#peek() !== undefined && !this.#isSymbol(')')) {
      if (this.#isSymbol(',')) this.#next();
      else if (this.#isWord(tableConstraints)) constraints.push(...this.#constraint());
      else columns.push(this.#column());
    }
    const close = this.#next();
    return { name, columns, constraints, options: this.sql.slice(close.end).replace(/;\s*$/, '').trim() };
  }

  #column(): ColumnSource {
    const name = nameOf(this.#next());
    const start = this.#at;
    while (!this.#atItemEnd() && !this.#isWord(columnClauses)) this.#skipGroup();
    const type = this.#text(start);
    const clauses: ColumnClause[] = [];
    while (!this.#atItemEnd()) clauses.push(...this.#clause());
    return { name, type, clauses };
  }

  #clause(): readonly ColumnClause[] {
    const name = this.#takeWord('constraint') ? nameOf(this.#next()) : undefined;
    const start = this.#at;
    const named = name === undefined ? {} : { name };
    const made = (kind: ColumnClause['kind'], value?: string): readonly ColumnClause[] => [
      { kind, ...named, text: this.#text(start), ...(value !== undefined && { value }) },
    ];
    switch (this.#peek()?.code) {
      case 'primary':
        this.#at += 2;
        this.#takeWord('asc', 'desc');
        this.#conflict();
        this.#takeWord('autoincrement');
        return made('primaryKey');
      case 'not':
        this.#at += 2;
        this.#conflict();
        return made('notNull');
      case 'null':
        this.#next();
        this.#conflict();
        return made('null');
      case 'unique':
        this.#next();
        this.#conflict();
        return made('unique');
      case 'check':
        this.#next();
        return made('check', this.#group());
      case 'default':
        this.#next();
        return made('default', this.#default());
      case 'collate':
        this.#next();
        return made('collate', nameOf(this.#next()));
      case 'references':
        this.#reference();
        return made('references');
      case 'generated':
      case 'as': {
        while (this.#peek() !== undefined && !this.#isSymbol('(')) this.#next();
        const value = this.#group();
        this.#takeWord('stored', 'virtual');
        return made('generated', value);
      }
      default:
        // nothing that SQLite would have accepted: skipped, so that the rest is read
        this.#skipGroup();
        return [];
    }
  }

  #constraint(): readonly ConstraintSource[] {
    const name = this.#takeWord('constraint') ? nameOf(this.#next()) : undefined;
    const start = this.#at;
    const named = name === undefined ? {} : { name };
    const made = (kind: ConstraintSource['kind'], columns: readonly string[] = [], value?: string) => [
      { kind, ...named, text: this.#text(start), columns, ...(value !== undefined && { value }) },
    ];
    switch (this.#peek()?.code) {
      case 'primary': {
        this.#at += 2;
        const columns = this.#names();
        this.#conflict();
        return made('primaryKey', columns);
      }
      case 'unique': {
        this.#next();
        const columns = this.#names();
        this.#conflict();
        return made('unique', columns);
      }
      case 'check': {
        this.#next();
        const value = this.#group();
        this.#conflict();
        return made('check', [], value);
      }
      case 'foreign': {
        this.#at += 2;
        const columns = this.#names();
        this.#reference();
        return made('foreignKey', columns);
      }
      default:
        this.#skipGroup();
        return [];
    }
  }

  #reference(): void {
    this.#at += 2; // `references`, and the table
    if (this.#isSymbol('(')) this.#group();
    for (;;) {
      if (this.#takeWord('on')) {
        this.#next(); // delete or update
        if (this.#takeWord('set', 'no')) this.#next();
        else this.#next();
      } else if (this.#takeWord('match')) this.#next();
      else if (this.#peek()?.code === 'not' && this.#tokens[this.#at + 1]?.code === 'deferrable') this.#next();
      else if (this.#takeWord('deferrable')) {
        if (this.#takeWord('initially')) this.#next();
      } else return;
    }
  }

  #default(): string {
    const start = this.#at;
    if (this.#isSymbol('(')) {
      this.#group();
      return this.#text(start);
    }
    if (this.#peek()?.code === '+' || this.#peek()?.code === '-') this.#next();
    this.#next();
    return this.#text(start);
  }

  #conflict(): void {
    if (this.#peek()?.code === 'on' && this.#tokens[this.#at + 1]?.code === 'conflict') this.#at += 3;
  }

  /** The columns of a parenthesised list, without their collations and orders. */
  #names(): readonly string[] {
    const start = this.#at + 1;
    this.#group();
    const inner = this.#tokens.slice(start, this.#at - 1);
    return inner.filter((_token, index) => index === 0 || inner[index - 1]?.code === ',').map(nameOf);
  }

  /** Skips a group in parentheses and returns its content. */
  #group(): string {
    const start = this.#at;
    this.#skipGroup();
    return this.sql.slice(this.#tokens[start]?.end, this.#tokens[this.#at - 1]?.start).trim();
  }

  /** Skips one token, or everything up to the parenthesis that closes it. */
  #skipGroup(): void {
    let depth = 0;
    do {
      const { code } = this.#next();
      if (code === '(') depth += 1;
      if (code === ')') depth -= 1;
    } while (depth > 0 && this.#at < this.#tokens.length);
  }

  #atItemEnd(): boolean {
    return this.#peek() === undefined || this.#isSymbol(',') || this.#isSymbol(')');
  }

  #isSymbol(symbol: string): boolean {
    return this.#peek()?.code === symbol;
  }

  #isWord(words: ReadonlySet<string>): boolean {
    const code = this.#peek()?.code;
    return code !== undefined && words.has(code);
  }

  #takeWord(...words: readonly string[]): boolean {
    if (!this.#isWord(new Set(words))) return false;
    this.#at += 1;
    return true;
  }

  #peek(): Word | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Word {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SyntaxError(`not a whole create table: ${this.sql}`);
    this.#at += 1;
    return token;
  }

  /** The text from one token to the current one. */
  #text(start: number): string {
    if (start === this.#at) return '';
    return this.sql.slice(this.#tokens[start]?.start, this.#tokens[this.#at - 1]?.end);
  }
}

/** The statement that creates the table. Its parts are written as they were read. */
export function renderTable(
  { columns, constraints, options }: TableSource,
  table: string,
  quote: (name: string) => string,
): string {
  const named = ({ name, text }: { readonly name?: string; readonly text: string }): string =>
    name === undefined ? text : `constraint ${quote(name)} ${text}`;
  const parts = [...columns.map((column) => renderColumn(column, quote)), ...constraints.map(named)];
  return `create table ${table} (${parts.join(', ')})${options === '' ? '' : ` ${options}`}`;
}

export function renderColumn({ name, type, clauses }: ColumnSource, quote: (name: string) => string): string {
  const parts = clauses.map((clause) =>
    clause.name === undefined ? clause.text : `constraint ${quote(clause.name)} ${clause.text}`,
  );
  return [quote(name), type, ...parts].filter((part) => part !== '').join(' ');
}

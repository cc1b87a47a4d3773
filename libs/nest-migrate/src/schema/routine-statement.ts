import { unquoteString } from '../engines/sql/quoting.js';
import { type RoutineDefinition } from '../operations/operation.js';
import { canonicalBody } from '../engines/sql/body-text.js';
import { type SqlLanguage, StatementReader } from '../engines/sql/statement-reader.js';

/** A parameter, with the parts that are compared. */
export interface RoutineArgument {
  /** Absent where the parameter has no name. */
  readonly name?: string;
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly defaultSql?: string;
}

/** The parts of a routine that are compared. Parts that the entities leave open are absent. */
export interface RoutineFacts extends Pick<
  RoutineDefinition,
  'type' | 'returns' | 'language' | 'deterministic' | 'dataAccess' | 'security' | 'comment'
> {
  readonly arguments: readonly RoutineArgument[];
  /** The body in one canonical spelling; absent where the server keeps only a parsed form and no text. */
  readonly body?: string;
  /** The parts that a {@link RoutineDefinition} cannot express. */
  readonly more?: string;
}

/** A `create function` or `create procedure` statement, split into its parts. */
export interface RoutineStatement extends RoutineFacts {
  readonly name: readonly string[];
  /** The body exactly as written in the statement. */
  readonly bodyText: string;
}

/** Parses a `create function` or `create procedure` statement; `undefined` for any other statement. */
export function parseRoutine(sql: string, language: SqlLanguage): RoutineStatement | undefined {
  const reader = new StatementReader(sql, language);
  if (!reader.takes('create')) return undefined;
  reader.takes('or', 'replace');
  if (reader.takes('definer', '=')) reader.until(({ code }) => code === 'function' || code === 'procedure');
  const type = reader.takesOneOf('function', 'procedure');
  reader.takes('if', 'not', 'exists');
  const name = reader.name();
  const listText = reader.parenthesised();
  if (type === undefined || name === undefined || listText === undefined) return undefined;
  const returns = reader.takes('returns') ? returnType(reader) : undefined;
  const clauses = new Clauses(reader, language);
  const bodyText = clauses.read();
  const list = argumentsOf(listText, language);
  return {
    type,
    name,
    arguments: list.map(({ isVariadic: _isVariadic, ...argument }) => argument),
    ...(returns !== undefined && { returns }),
    ...clauses.facts,
    more: [...clauses.more, ...(list.some(({ isVariadic }) => isVariadic) ? ['variadic'] : [])].sort().join(' '),
    bodyText,
    // PostgreSQL keeps no text of a body that is not a string
    ...((clauses.hasStringBody || !language.rules.dollarQuotes) && { body: canonicalBody(bodyText, language.rules) }),
  };
}

type Clause = Partial<Pick<RoutineFacts, 'language' | 'deterministic' | 'dataAccess' | 'security' | 'comment'>>;

const known: Readonly<Record<string, Clause>> = {
  immutable: { deterministic: true },
  volatile: { deterministic: false },
  'not deterministic': { deterministic: false },
  deterministic: { deterministic: true },
  'contains sql': { dataAccess: 'contains-sql' },
  'no sql': { dataAccess: 'no-sql' },
  'reads sql data': { dataAccess: 'reads-sql-data' },
  'modifies sql data': { dataAccess: 'modifies-sql-data' },
  'sql security definer': { security: 'definer' },
  'sql security invoker': { security: 'invoker' },
  'external security definer': { security: 'definer' },
  'external security invoker': { security: 'invoker' },
  'security definer': { security: 'definer' },
  'security invoker': { security: 'invoker' },
};

/** Further clauses of PostgreSQL, with the number of words that follow. */
const further: Readonly<Record<string, number>> = {
  stable: 0,
  strict: 0,
  'returns null on null input': 0,
  leakproof: 0,
  window: 0,
  cost: 1,
  rows: 1,
  parallel: 1,
  support: 1,
};

/** The clauses between the parameters and the body, in any order. In PostgreSQL some of them may follow the body. */
class Clauses {
  facts: Clause = {};
  readonly more: string[] = [];
  private body: string | undefined;

  constructor(
    private readonly reader: StatementReader,
    private readonly language: SqlLanguage,
  ) {}

  read(): string {
    while (this.reader.next !== undefined && this.clause());
    return this.body ?? this.reader.rest().replace(/;\s*$/, '');
  }

  get hasStringBody(): boolean {
    return this.body !== undefined;
  }

  private clause(): boolean {
    const { reader } = this;
    const plain = reader.takesOneOf(...Object.keys(known));
    if (plain !== undefined) return this.add(known[plain] ?? {});
    const other = reader.takesOneOf(...Object.keys(further));
    if (other !== undefined) {
      const words = Array.from({ length: further[other] ?? 0 }, () => reader.skip()?.text ?? '');
      return this.addMore([other === 'returns null on null input' ? 'strict' : other, ...words].join(' '));
    }
    if (reader.takes('called', 'on', 'null', 'input') || reader.takes('not', 'leakproof')) return true;
    if (reader.takes('language')) return this.add({ language: unquoted(reader.skip()?.text ?? '').toLowerCase() });
    if (reader.takes('comment')) return this.add({ comment: unquoted(reader.skip()?.text ?? '') });
    if (this.language.rules.dollarQuotes && reader.takes('set')) {
      return this.addMore(`set ${plainSetting(reader.until(({ code = '' }) => clauseWords.has(code)) ?? '')}`);
    }
    if (this.language.rules.dollarQuotes && reader.takes('as')) {
      this.body = unquoted(reader.skip()?.text ?? '');
      return true;
    }
    return false;
  }

  private add(clause: Clause): true {
    this.facts = { ...this.facts, ...clause };
    return true;
  }

  private addMore(text: string): true {
    this.more.push(text.replace(/\s+/g, ' ').trim().toLowerCase());
    return true;
  }
}

/** `search_path = a, b` as the catalogue writes it: `search_path to 'a', 'b'`. */
function plainSetting(text: string): string {
  return text.replace(/\s+to\s+|\s*=\s*/i, ' ').replace(/['"]/g, '');
}

const clauseWords = new Set([
  ...[...Object.keys(known), ...Object.keys(further)].map((clause) => clause.split(' ')[0] ?? ''),
  ...['language', 'comment', 'called', 'set', 'as', 'begin', 'return'],
]);

/** The type up to the next clause. `character set` is part of the type, while `set` alone begins a clause. */
function returnType(reader: StatementReader): string {
  let depth = 0;
  let previous = '';
  const type = reader.until(({ code = '' }) => {
    if (code === '(') depth += 1;
    if (code === ')') depth -= 1;
    const ends = depth === 0 && clauseWords.has(code) && previous !== 'character';
    previous = code;
    return ends;
  });
  return (type ?? '').trim();
}

function argumentsOf(
  list: string,
  language: SqlLanguage,
): readonly (RoutineArgument & { readonly isVariadic: boolean })[] {
  const reader = new StatementReader(list, language);
  const found: (RoutineArgument & { readonly isVariadic: boolean })[] = [];
  while (reader.next !== undefined) {
    const isVariadic = reader.takes('variadic');
    const direction = reader.takesOneOf('inout', 'in', 'out') ?? 'in';
    const start = reader.next;
    const name = reader.name()?.join('.');
    const isUnnamed = reader.next === undefined || /^[,([]$/.test(reader.next.code ?? '');
    const typeStart = isUnnamed ? start.start : reader.next.start;
    let depth = 0;
    const isEnd =
      (...ends: readonly string[]) =>
      (code: string): boolean => {
        if (code === '(') depth += 1;
        if (code === ')') depth -= 1;
        return depth === 0 && ends.includes(code);
      };
    const typeEnds = isEnd(',', 'default', '=');
    const typeEnd = endOf(reader, typeEnds, list);
    let defaultSql: string | undefined;
    if (reader.takesOneOf('default', '=') !== undefined) {
      const defaultStart = reader.next.start;
      defaultSql = list.slice(defaultStart, endOf(reader, isEnd(','), list)).trim();
    }
    reader.takes(',');
    found.push({
      ...(!isUnnamed && name !== undefined && { name }),
      type: list.slice(typeStart, typeEnd).trim(),
      direction,
      isVariadic,
      ...(defaultSql !== undefined && { defaultSql }),
    });
  }
  return found;
}

function endOf(reader: StatementReader, isEnd: (code: string) => boolean, text: string): number {
  while (reader.next !== undefined && !isEnd(reader.next.code ?? '')) reader.skip();
  return reader.next?.start ?? text.length;
}

function unquoted(text: string): string {
  if (text.startsWith('$')) return text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '');
  return text.startsWith("'") ? unquoteString(text) : text;
}

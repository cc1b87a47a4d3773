import { type ColumnDefinition } from '../../../operations/operation.js';
import { isIdentity } from '../../../schema/identity.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';
import { change, restatement, type StatementDraft } from '../../ddl/statement-table.js';
import { nextValueOf, serialSequence } from '../sequence-names.js';
import { dollarQuoted } from './dollar-quoted.js';

/** How a column numbers its rows: by the sequence of a `serial` column, or as an identity column. */
export type Counter = 'none' | 'serial' | 'always' | 'by default';

/** How a column with this definition numbers its rows. */
export function counterOf({ autoincrement, generated }: ColumnDefinition): Counter {
  if (generated === undefined) return autoincrement === true ? 'serial' : 'none';
  if (!isIdentity(generated)) return 'none';
  return /^\s*by/i.test(generated) ? 'by default' : 'always';
}

/**
 * The statements for the counter of one column. The server says which sequence that is when a statement runs: its name
 * may be that of a former table or column, or of another naming strategy, and a script is written without a connection.
 */
export class CounterStatements {
  readonly #table: string;
  readonly #start: string;
  readonly #tableName: string;
  readonly #columnName: string;

  constructor(
    private readonly ddl: SchemaHelperDdl,
    private readonly at: TableRef,
    private readonly column: string,
  ) {
    this.#table = ddl.qualified(at);
    this.#start = `alter table ${this.#table} alter column ${ddl.quote(column)}`;
    this.#tableName = this.#literal(this.#table);
    this.#columnName = this.#literal(column);
  }

  /** Ends the counting. A sequence that the column does not own stays, since others may count by it. */
  stop(before: Counter | undefined): readonly StatementDraft[] {
    if (before === 'none') return [];
    if (before === 'always' || before === 'by default') return [restatement(`${this.#start} drop identity if exists`)];
    const dropDefault = `${this.#start} drop default`;
    const dropSequence = `execute format('drop sequence %s', counter);`;
    if (before === 'serial') {
      const block = [`${dropDefault};`, 'if counter is not null then', `  ${dropSequence}`, 'end if;'];
      return [restatement(this.#block(block))];
    }
    return [restatement(this.#ifCounted([`${dropDefault};`, dropSequence]))];
  }

  /** Begins to count above the numbers that are there, or counts on in another way from where the column stands. */
  begin(before: Counter, after: Exclude<Counter, 'none'>): readonly StatementDraft[] {
    if (before === after) return [];
    const wasIdentity = before === 'always' || before === 'by default';
    if (wasIdentity && after !== 'serial') return [restatement(`${this.#start} set generated ${after}`)];
    const block = this.#block([
      ...(before === 'none' ? [] : ['if counter is not null then', ...indented(readCounter(before)), 'end if;']),
      ...(before === 'serial' ? this.#dropSerial() : []),
      ...(wasIdentity ? [`${this.#start} drop identity;`, 'counter := null;'] : []),
      ...(after === 'serial' ? this.#addSerial() : this.#addIdentity(after)),
      ...this.#setPosition(),
      ...(after === 'serial' ? this.#grantUsage() : []),
      ...(before === 'none' ? [] : restoreSequence),
    ]);
    return [change(block, { query: this.#counts(after) })];
  }

  /**
   * The sequence of a serial column keeps the type that it was created with, and would end at the limit of that type.
   */
  retype(): readonly StatementDraft[] {
    return [restatement(this.#ifCounted([retypeSequence]))];
  }

  /**
   * A column goes on with a sequence that others may use too. Where it has counted, or has no value twice, the sequence
   * must not repeat the numbers that are there. A sequence that this role may not set stays where it is.
   */
  follow(defaultRaw: string, before: Counter): readonly StatementDraft[] {
    const shared = nextValueOf(defaultRaw);
    if (shared === undefined) return [];
    const sequence = this.ddl.quote(shared.schema, shared.name);
    const name = this.#literal(sequence);
    const isUnique = `exists (
    select 1 from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid
      where i.indrelid = ${this.#tableName}::regclass and i.indisunique and i.indnkeyatts = 1
        and i.indkey[0] = a.attnum and a.attname = ${this.#columnName})`;
    const conditions = [
      `has_sequence_privilege(${name}, 'select')`,
      `has_sequence_privilege(${name}, 'update')`,
      // any type may take a number as its default
      `exists (
    select 1 from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid and t.typcategory = 'N'
      where a.attrelid = ${this.#tableName}::regclass and a.attname = ${this.#columnName})`,
      ...(before === 'none' ? [isUnique] : []),
    ];
    return [
      restatement(
        this.#block([
          `if ${conditions.join(' and ')} then`,
          `  perform setval(${name}, held.top::bigint) from (${this.#top()}) as held, ${sequence} as shared`,
          `    where held.top >= shared.last_value and`,
          `      (select s.seqincrement > 0 from pg_catalog.pg_sequence s where s.seqrelid = ${name}::regclass);`,
          'end if;',
        ]),
      ),
    ];
  }

  #dropSerial(): readonly string[] {
    return [
      `${this.#start} drop default;`,
      'if counter is not null then',
      `  execute format('drop sequence %s', counter);`,
      '  counter := null;',
      'end if;',
    ];
  }

  /** Under the name that `serial` uses, or one like it where that is taken. */
  #addSerial(): readonly string[] {
    const name = serialSequence(this.at.table, this.column);
    const owner = this.#literal(`${this.#table}.${this.ddl.quote(this.column)}`);
    return [
      'if counter is null then',
      `  select quote_ident(n.nspname) into place from pg_catalog.pg_class c`,
      `    join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = ${this.#tableName}::regclass;`,
      `  counter := place || '.' || quote_ident(${this.#literal(name)});`,
      '  while to_regclass(counter) is not null loop',
      '    suffix := suffix + 1;',
      `    counter := place || '.' || quote_ident(${this.#literal(stemOf(name))} || suffix);`,
      '  end loop;',
      `  execute format('create sequence %s as %s%s owned by %s', counter, counted, options, ${owner});`,
      'end if;',
      `execute format('%s set default nextval(%L)', ${this.#literal(this.#start)}, counter);`,
    ];
  }

  #addIdentity(kind: 'always' | 'by default'): readonly string[] {
    const add = this.#literal(`${this.#start} add generated ${kind} as identity`);
    return [
      `execute ${add} || case options when '' then '' else ' (' || options || ')' end;`,
      `counter := ${this.#usedSequence()};`,
    ];
  }

  /** Where the old counter was, and never below what the column holds. */
  #setPosition(): readonly string[] {
    return [
      `select held.top into top from (${this.#top()}) as held;`,
      'if step > 0 and top >= coalesce(position, 1) then',
      '  position := top;',
      '  was_used := true;',
      'end if;',
      'if position is not null then',
      '  perform setval(counter, position, was_used);',
      'end if;',
    ];
  }

  /** An insert draws from the sequence by the right of the role that inserts, which an identity column does not need. */
  #grantUsage(): readonly string[] {
    return [
      'for inserting in',
      `  select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end`,
      '    from pg_catalog.pg_class c, aclexplode(c.relacl) a',
      `    where c.oid = ${this.#tableName}::regclass and a.privilege_type = 'INSERT' and a.grantee <> c.relowner`,
      'loop',
      `  execute format('grant usage on sequence %s to %s', counter, inserting);`,
      'end loop;',
    ];
  }

  #top(): string {
    return `select max(${this.ddl.quote(this.column)}) as top from ${this.#table}`;
  }

  #counts(after: Counter): string {
    const identity = { none: '', serial: '', always: 'a', 'by default': 'd' }[after];
    return (
      `select attidentity = ${this.#literal(identity)} and ${this.#ownSequence()} is not null as present ` +
      `from pg_catalog.pg_attribute where attrelid = ${this.#tableName}::regclass and attname = ${this.#columnName}`
    );
  }

  #ownSequence(): string {
    return `pg_get_serial_sequence(${this.#tableName}, ${this.#columnName})`;
  }

  /** The sequence that belongs to the column and gives it its numbers. It may own others, of which the engine tells any. */
  #usedSequence(): string {
    return `(
    select max(s.objid::regclass::text)
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_depend s on s.refclassid = 'pg_class'::regclass and s.refobjid = a.attrelid
        and s.refobjsubid = a.attnum and s.classid = 'pg_class'::regclass
      join pg_catalog.pg_sequence q on q.seqrelid = s.objid
      where a.attrelid = ${this.#tableName}::regclass and a.attname = ${this.#columnName}
        and (s.deptype = 'i' or exists (
          select from pg_catalog.pg_attrdef d
            join pg_catalog.pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid and u.refobjid = s.objid
            where d.adrelid = a.attrelid and d.adnum = a.attnum)))`;
  }

  #ifCounted(body: readonly string[]): string {
    return this.#block(['if counter is not null then', ...indented(body), 'end if;']);
  }

  /** A block with those of the variables that it uses. Columns of the table may be called as they are. */
  #block(body: readonly string[]): string {
    const text = body.join('\n');
    const variables: Readonly<Record<string, string>> = {
      counter: `text := ${this.#usedSequence()}`,
      counted: `text := (
    select case when base in ('smallint', 'integer', 'bigint') then base else 'bigint' end
    from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid,
      format_type(case t.typtype when 'd' then t.typbasetype else t.oid end, null) as base
    where a.attrelid = ${this.#tableName}::regclass and a.attname = ${this.#columnName})`,
      options: `text := ''`,
      step: 'bigint := 1',
      position: 'bigint',
      was_used: 'boolean := false',
      top: 'bigint',
      place: 'text',
      suffix: 'integer := 0',
      inserting: 'text',
      kept: `text[] := '{}'`,
      statement: 'text',
    };
    const used = Object.entries(variables).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text));
    const declared = used.map(([name, type]) => `  ${name} ${type};`);
    const lines = ['', '#variable_conflict use_column', 'declare', ...declared, 'begin', ...indented(body), 'end', ''];
    return `do ${dollarQuoted(lines.join('\n'))}`;
  }

  #literal(text: string): string {
    return literal(this.ddl.platform, text);
  }
}

const retypeSequence = `execute format('alter sequence %s as %s', counter, counted);`;

/** Reads where a counter stands, and how it counts. */
function readCounter(before: Counter): readonly string[] {
  return [
    // its limits go with its type, unless others were set
    ...(before === 'serial' ? [retypeSequence] : []),
    `execute format('select last_value, is_called from %s', counter) into position, was_used;`,
    'select s.seqincrement, format(',
    `    ' start with %s increment by %s minvalue %s maxvalue %s cache %s%s', s.seqstart, s.seqincrement,`,
    `    s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' else '' end)`,
    '  into step, options from pg_catalog.pg_sequence s where s.seqrelid = counter::regclass;',
    ...keepSequence,
  ];
}

/**
 * What was granted on a sequence, and its comment: the sequence of another counter is another object. `chr(1)` stands for
 * its name.
 */
const keepSequence = [
  'select coalesce(array_agg(s.statement), kept) into kept from (',
  `    select format('grant %s on sequence %s to %s%s', a.privilege_type, chr(1),`,
  `        case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,`,
  `        case when a.is_grantable then ' with grant option' else '' end) as statement`,
  '      from pg_catalog.pg_class c, aclexplode(c.relacl) a where c.oid = counter::regclass',
  `    union all select format('comment on sequence %s is %L', chr(1), d.description)`,
  `      from pg_catalog.pg_description d where d.objoid = counter::regclass and d.classoid = 'pg_class'::regclass`,
  '  ) s;',
];

const restoreSequence = [
  'foreach statement in array kept loop',
  '  execute replace(statement, chr(1), counter);',
  'end loop;',
];

/** The name without its end where a number would not fit behind it. */
function stemOf(name: string): string {
  let stem = name;
  while (Buffer.byteLength(stem) > 57) stem = [...stem].slice(0, -1).join('');
  return stem;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

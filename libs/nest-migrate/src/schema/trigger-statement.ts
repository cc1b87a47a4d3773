import { type TriggerDefinition, type TriggerEvent } from '../operations/operation.js';
import { canonicalBody } from '../engines/sql/body-text.js';
import { type SqlLanguage, StatementReader } from '../engines/sql/statement-reader.js';

/** A `create trigger` statement, split into its parts. */
export interface TriggerStatement {
  readonly name: string;
  readonly table: readonly string[];
  readonly timing: TriggerDefinition['timing'];
  readonly events: readonly TriggerEvent[];
  readonly forEach?: 'row' | 'statement';
  readonly condition?: string;
  /**
   * The parts that a {@link TriggerDefinition} cannot express: columns of an update, deferring, transition tables, an
   * order.
   */
  readonly more: string;
  /** What the trigger does, exactly as written in the statement. */
  readonly action: string;
}

const events = ['insert', 'update', 'delete', 'truncate'] as const;

/** Parses a `create trigger` statement of any engine; `undefined` for any other statement. */
export function parseTrigger(sql: string, language: SqlLanguage): TriggerStatement | undefined {
  const reader = new StatementReader(sql, language);
  if (!reader.takes('create')) return undefined;
  reader.takes('or', 'replace');
  if (reader.takes('definer', '=')) skipAccount(reader);
  if (!reader.takesOneOf('temp', 'temporary')) reader.takes('constraint');
  if (!reader.takes('trigger')) return undefined;
  reader.takes('if', 'not', 'exists');
  const name = reader.name()?.at(-1);
  // SQLite assumes `before` where nothing is written; elsewhere the timing is required
  const timing = reader.takesOneOf('before', 'after', 'instead of') ?? 'before';
  const more: string[] = [];
  const fires: TriggerEvent[] = [];
  do {
    const event = reader.takesOneOf(...events);
    if (event === undefined) return undefined;
    fires.push(event);
    if (reader.takes('of')) more.push(`of ${plainList(reader.until(({ code }) => code === 'on' || code === 'or'))}`);
  } while (reader.takes('or'));
  const table = reader.takes('on') ? reader.name() : undefined;
  if (name === undefined || table === undefined) return undefined;

  const ends = ['for', 'when', 'execute', 'begin', 'follows', 'precedes'];
  const between = reader.next?.kind === 'word' && !ends.includes(reader.next.code ?? '');
  if (between)
    more.push(canonicalBody(reader.until(({ code = '' }) => ends.includes(code)) ?? '', language.rules).toLowerCase());
  const forEach = reader.takes('for') ? (reader.takes('each'), reader.takesOneOf('row', 'statement')) : undefined;
  const order = reader.takesOneOf('follows', 'precedes');
  if (order !== undefined) reader.name();
  const condition = reader.takes('when') ? conditionOf(reader) : undefined;
  return {
    name,
    table,
    timing,
    events: events.filter((event) => fires.includes(event)),
    ...(forEach !== undefined && { forEach }),
    ...(condition !== undefined && { condition }),
    more: more.filter((text) => text !== deferringByItself).join(' '),
    action: reader.rest().replace(/;\s*$/, ''),
  };
}

/** How PostgreSQL prints a constraint trigger that does not name this. */
const deferringByItself = 'not deferrable initially immediate';

function conditionOf(reader: StatementReader): string | undefined {
  // PostgreSQL's condition is in parentheses; SQLite's ends where the body begins
  return reader.until(({ code }) => code === 'execute' || code === 'begin');
}

function plainList(names: string | undefined): string {
  const list = (names ?? '').split(',').map((name) => name.trim().replace(/^["`]([a-z_][a-z0-9_]*)["`]$/, '$1'));
  return list.join(', ');
}

/** Skips an account: `user`@`host`, `current_user`, `current_user()`. */
function skipAccount(reader: StatementReader): void {
  reader.skip();
  if (reader.takes('@')) reader.skip();
  reader.takes('(', ')');
}

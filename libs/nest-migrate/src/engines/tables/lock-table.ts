/** The holder of a cluster's lock, as stored in the table. */
export interface LeaseOwner {
  /** Identifies the run; no other run has the same value. */
  readonly owner: string;
  /** The id and the name of the member that its session is connected to. */
  readonly member: string;
  readonly memberName: string;
  /** The server's number of its session. */
  readonly session: number;
  /** Describes the process, for messages. */
  readonly client: string;
}

/** The two rows of the table as one: the lease, and its owner's counters. */
export interface LeaseRow extends Partial<Omit<LeaseOwner, 'owner'>> {
  /** `null`: the lock is free. */
  readonly owner: string | null;
  /**
   * Moved by each transaction of the run. Only compared, never calculated with, since another program may write
   * anything here.
   */
  readonly counter: string | null;
  /** Moved by the owner's process while it is alive. */
  readonly pulse: string | null;
  /** When the lock was taken, as ISO 8601. */
  readonly since: string | null;
}

/** The names of the columns without which a table holds no lock. */
export const LOCK_COLUMNS: readonly string[] = [
  ...['part', 'owner', 'counter', 'member', 'member_name', 'session', 'client', 'taken_at'],
];

/**
 * The statements that keep the lock of a cluster, with names already quoted. There are two rows: the one that a
 * transaction of the run moves is locked until the transaction ends, and meanwhile the owner's process moves the other.
 */
export interface LockTableSql {
  /** The table's columns, one row each: `name`. No rows where the table does not exist. */
  readonly columns: string;
  readonly create: string;
  /** At most one row, as {@link leaseRowOf} reads it. */
  readonly select: string;
  /** Deletes the lease where it is still the one that was seen. */
  deleteLease(seen: LeaseRow): string;
  /** Deletes both rows, whichever run holds the lock. */
  readonly clear: string;
  /** Writes both rows. */
  insert(owner: LeaseOwner): string;
  /** Moves the lease, or the pulse, of that owner. */
  move(part: 'lease' | 'pulse', owner: string): string;
  /** Releases the lock. */
  release(owner: string): string;
  /** The statement that a user runs to release the lock of an owner that is gone. */
  free(owner: string): string;
}

/** The name of the table, and how texts are written. */
export interface LockTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  /** See {@link LockTableSql}. */
  readonly columns: string;
  /** The text after the column list of `create table`. */
  readonly suffix: string;
  readonly literal: (value: string) => string;
}

/** The statements for MySQL and its relatives, the only engines with such clusters. */
export function lockTableSql({ table, columns: found, suffix, literal }: LockTableNames): LockTableSql {
  const value = (text: string | null): string => (text === null ? 'null' : literal(text));
  const columns = [
    'part varchar(16) not null primary key',
    'owner varchar(64)',
    'counter bigint not null',
    'member varchar(255)',
    'member_name varchar(255)',
    'session bigint',
    'client varchar(255)',
    'taken_at datetime(3)',
  ];
  return {
    columns: found,
    create: `create table if not exists ${table} (${columns.join(', ')})${suffix}`,
    select: `select l.owner, cast(l.counter as char) as counter, cast(p.counter as char) as pulse, l.member, l.member_name, l.session, l.client, date_format(l.taken_at, '%Y-%m-%dT%H:%i:%sZ') as since from ${table} l left join ${table} p on p.part = 'pulse' where l.part = 'lease'`,
    deleteLease: ({ owner, counter }) =>
      `delete from ${table} where part = 'lease' and counter <=> ${value(counter)} and owner <=> ${value(owner)}`,
    clear: `delete from ${table}`,
    insert: ({ owner, member, memberName, session, client }) => {
      const about = `${literal(member)}, ${literal(memberName)}, ${session}, ${literal(client)}, utc_timestamp(3)`;
      return `insert into ${table} (part, owner, counter, member, member_name, session, client, taken_at) values ('lease', ${literal(owner)}, 0, ${about}), ('pulse', ${literal(owner)}, 0, ${about})`;
    },
    move: (part, owner) =>
      `update ${table} set counter = counter + 1 where part = ${literal(part)} and owner = ${literal(owner)}`,
    release: (owner) => `update ${table} set owner = null, counter = counter + 1 where owner = ${literal(owner)}`,
    free: (owner) => `delete from ${table} where owner = ${literal(owner)}`,
  };
}

/** A row as the drivers return it. */
export function leaseRowOf(row: Readonly<Record<string, unknown>>): LeaseRow {
  const text = (name: string): string | null => {
    const value = row[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    owner: text('owner'),
    counter: text('counter'),
    pulse: text('pulse'),
    member: text('member') ?? '',
    memberName: text('member_name') ?? '',
    session: Number(row['session']),
    client: text('client') ?? '',
    since: text('since'),
  };
}

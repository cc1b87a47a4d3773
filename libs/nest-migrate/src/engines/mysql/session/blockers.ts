import { onOneLine } from '../../ddl/statement.js';
import { type LockHolder } from '../../session/lock.js';
import { type SqlSession } from '../../session/sql-session.js';

type Looking = Pick<SqlSession, 'query'>;

interface BlockerRow extends Pick<LockHolder, 'application' | 'address' | 'since' | 'statement'> {
  readonly pid: number | string;
  readonly lastStatement: string | null;
}

/** When a statement or transaction that has lasted so many seconds began. */
const begun = (seconds: string): string =>
  `date_format(utc_timestamp() - interval ${seconds} second, '%Y-%m-%dT%H:%i:%sZ')`;

/**
 * The session that another one waits for while it executes a statement. MySQL tells who holds what a statement wants,
 * the table itself or rows of it.
 */
export async function mysqlBlockerOf(session: Looking, sql: string): Promise<LockHolder | null> {
  const [row] = await session.query<BlockerRow>(
    `select b.processlist_id as pid, b.processlist_user as application, b.processlist_host as address,
            ${begun('b.processlist_time')} as since, b.processlist_info as statement,
            if(b.processlist_info is null, s.sql_text, null) as lastStatement
       from performance_schema.threads r
       join (select p.owner_thread_id as waiting, g.owner_thread_id as holding
               from performance_schema.metadata_locks p
               join performance_schema.metadata_locks g
                 on g.object_type = p.object_type and g.object_schema <=> p.object_schema
                and g.object_name <=> p.object_name and g.owner_thread_id <> p.owner_thread_id
              where p.lock_status = 'PENDING' and g.lock_status = 'GRANTED'
             union all
             select requesting_thread_id, blocking_thread_id from performance_schema.data_lock_waits) w
         on w.waiting = r.thread_id
       join performance_schema.threads b on b.thread_id = w.holding
       left join performance_schema.events_statements_current s on s.thread_id = b.thread_id
      where r.processlist_info = ? and r.processlist_id <> connection_id() and b.processlist_id is not null
      order by b.processlist_time desc limit 1`,
    [sql],
  );
  return holder(row);
}

/**
 * As {@link mysqlBlockerOf}. MariaDB tells who holds rows. Who holds a table it does not tell: it is likely the oldest
 * transaction that was open before the statement began to wait.
 */
export async function mariadbBlockerOf(session: Looking, sql: string): Promise<LockHolder | null> {
  const columns = `b.id as pid, b.user as application, b.host as address,
                   ${begun('timestampdiff(second, t.trx_started, now())')} as since, b.info as statement, null as lastStatement`;
  const [known] = await session.query<BlockerRow>(
    `select ${columns}
       from information_schema.processlist r
       join information_schema.innodb_trx w on w.trx_mysql_thread_id = r.id
       join information_schema.innodb_lock_waits l on l.requesting_trx_id = w.trx_id
       join information_schema.innodb_trx t on t.trx_id = l.blocking_trx_id
       join information_schema.processlist b on b.id = t.trx_mysql_thread_id
      where r.info = ? and r.id <> connection_id() order by t.trx_started limit 1`,
    [sql],
  );
  if (known !== undefined) return holder(known);
  const [likely] = await session.query<BlockerRow>(
    `select ${columns}
       from information_schema.processlist r
       join information_schema.innodb_trx t on t.trx_mysql_thread_id <> r.id
        and t.trx_started <= now() - interval floor(r.time_ms / 1000) second
       join information_schema.processlist b on b.id = t.trx_mysql_thread_id and b.db = r.db
      where r.info = ? and r.state like '%metadata lock%' and b.id <> connection_id()
      order by t.trx_started limit 1`,
    [sql],
  );
  const found = holder(likely);
  return found === null ? null : { ...found, isGuess: true };
}

function holder(row: BlockerRow | undefined): LockHolder | null {
  if (row === undefined) return null;
  const { lastStatement, ...rest } = row;
  return {
    ...rest,
    pid: Number(row.pid),
    statement: onOneLine(row.statement),
    ...(lastStatement !== null && { lastStatement: onOneLine(lastStatement) }),
  };
}

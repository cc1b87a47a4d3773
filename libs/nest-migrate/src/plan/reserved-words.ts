import { type DialectName } from '../engines/dialect-name.js';

/** On PostgreSQL, MySQL and MariaDB. */
const EVERYWHERE =
  'all analyze and as asc binary both case check collate column constraint create cross current_date ' +
  'current_time current_timestamp current_user default desc distinct else except false fetch for ' +
  'foreign from grant group having in inner intersect into is join leading left like limit localtime ' +
  'localtimestamp natural not null on or order outer primary references right select table then to ' +
  'trailing true union unique using when where with';

/** On PostgreSQL, and not everywhere. */
const ON_POSTGRES =
  'analyse any array asymmetric authorization cast collation concurrently current_catalog current_role ' +
  'current_schema deferrable do end freeze full ilike initially isnull lateral notnull offset only ' +
  'overlaps placing returning session_user similar some symmetric tablesample user variadic verbose ' +
  'window';

/** On MySQL and MariaDB, and not everywhere. */
const ON_BOTH =
  'accessible add alter asensitive before between bigint blob by call cascade change char character ' +
  'condition continue convert cursor databases day_hour day_microsecond day_minute day_second dec ' +
  'decimal declare delayed delete describe deterministic distinctrow div double drop dual each elseif ' +
  'enclosed escaped exists exit explain float float4 float8 force fulltext high_priority ' +
  'hour_microsecond hour_minute hour_second if ignore index infile inout insensitive insert int int1 ' +
  'int2 int3 int4 int8 integer interval iterate key keys kill leave linear lines load lock long ' +
  'longblob longtext loop low_priority match maxvalue mediumblob mediumint mediumtext middleint ' +
  'minute_microsecond minute_second mod modifies no_write_to_binlog numeric optimize optionally out ' +
  'outfile over partition precision procedure purge range read read_write reads real recursive regexp ' +
  'release rename repeat replace require resignal restrict return revoke rlike row_number rows schemas ' +
  'second_microsecond sensitive separator set show signal smallint spatial specific sql sql_big_result ' +
  'sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting straight_join ' +
  'terminated tinyblob tinyint tinytext trigger undo unlock unsigned update usage use utc_date utc_time ' +
  'utc_timestamp values varbinary varchar varcharacter varying while write xor year_month zerofill';

/** On MySQL and not on MariaDB. */
const ON_MYSQL =
  'cube cume_dist database dense_rank empty external first_value function generated get grouping groups ' +
  'io_after_gtids io_before_gtids json_table lag last_value lateral lead library nth_value ntile of ' +
  'optimizer_costs option percent_rank qualify rank row schema stored system tablesample virtual window';

/** On MariaDB and not on MySQL. */
const ON_MARIADB =
  'current_role delete_domain_id do_domain_ids ignore_domain_ids master_demote_to_replica ' +
  'master_demote_to_slave master_ssl_verify_server_cert offset page_checksum parse_vcol_expr portion ' +
  'ref_system_id returning stats_auto_recalc stats_persistent stats_sample_pages';

/** The words that an engine takes for the name of a column only where they are quoted; a test asks the servers. */
export const reservedWords: Readonly<Partial<Record<DialectName, ReadonlySet<string>>>> = {
  postgres: wordsOf(EVERYWHERE, ON_POSTGRES),
  mysql: wordsOf(EVERYWHERE, ON_BOTH, ON_MYSQL),
  mariadb: wordsOf(EVERYWHERE, ON_BOTH, ON_MARIADB),
};

function wordsOf(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}

/** How large a table is, as the server estimates it, and what it is part of. */
export interface TableStatistics {
  /** Absent on an engine without schemas. */
  readonly schema?: string;
  /** The name of the table. */
  readonly table: string;
  /** `null` where the server has not counted them yet. */
  readonly rows: number | null;
  /** The bytes of the table, with what it stores elsewhere and without its indexes. `null` where they are not known. */
  readonly bytes: number | null;
  /** The bytes of its indexes. `null` where they are not known. */
  readonly indexBytes: number | null;
  /** PostgreSQL: the publications that send its rows to subscribers. */
  readonly publications: readonly string[];
  /** PostgreSQL: its indexes that a failed build has left, and that no query uses. */
  readonly invalidIndexes: readonly string[];
  /** MySQL: how many changes the table has had that left its rows as they were; `null` elsewhere. */
  readonly rowVersions: number | null;
  /** PostgreSQL, MySQL, MariaDB: its columns that count. Absent in files of earlier versions. */
  readonly countingKeys?: readonly CountingKey[];
}

/** A column that numbers rows. */
export interface CountingKey {
  /** The name of the column. */
  readonly column: string;
  /** The last number that was given. */
  readonly last: number;
  /** The last one that its type and its sequence have. */
  readonly max: number;
}

/** What a live database tells of itself, so that a plan can say how long something takes there. Plain data. */
export interface DatabaseStatistics {
  /** The product and its version: `PostgreSQL 15.18`. */
  readonly server: string;
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** The servers that copy this one at the moment; `null` where this role may not see them. */
  readonly replicas: number | null;
  /** MySQL: how many such changes a table may have at most; `null` elsewhere. */
  readonly maxRowVersions: number | null;
  /**
   * MySQL and MariaDB: whether the session refuses values that do not fit (`STRICT_TRANS_TABLES`). Absent elsewhere, and in
   * files of earlier versions.
   */
  readonly strictMode?: boolean;
  /** All tables of the database. */
  readonly tables: readonly TableStatistics[];
}

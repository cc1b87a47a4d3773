/** The schema in which a session creates a table whose name includes none. */
export interface HomeSchema {
  /** `null` where there is no such schema. */
  readonly schema: string | null;
  /**
   * Another schema in which the session would find the version table, where the first has none; `null` where there is
   * no such schema.
   */
  readonly elsewhere: string | null;
}

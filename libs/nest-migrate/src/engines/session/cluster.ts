import { type SqlSession } from './sql-session.js';

/** A server as a member of its cluster. */
export interface ClusterMember {
  /** Identifies the member for as long as it runs; no other member has the same id. */
  readonly id: string;
  /** The member's name in messages: `node1 (10.0.0.1:3306)`. */
  readonly name: string;
}

/** A cluster with several servers that accept writes, so that a lock on one server does not exclude runs on another. */
export interface Cluster {
  /** The member that the session is connected to. */
  readonly self: ClusterMember;
  /**
   * Refuses a member that can't run migrations.
   *
   * @throws ReadOnlyMemberError | MemberNotReadyError | UnsafeMemberError
   */
  assertWritable(): void;
  /**
   * The ids of the members that can commit at the moment.
   *
   * @throws ClusterNotVisibleError where the role may not see them; MemberNotReadyError where this member is not one of
   * them.
   */
  members(session: SqlSession): Promise<ReadonlySet<string>>;
  /** Waits until the session can read everything that was committed in the cluster before. */
  catchUp(session: SqlSession): Promise<void>;
  /** Whether that session of this server is waiting for its client; false also where the role may not see it. */
  isIdle(session: SqlSession, id: number): Promise<boolean>;
  /** Ends another session of this server. */
  kill(session: SqlSession, id: number): Promise<void>;
  /** Whether an error means that a transaction lost against an earlier one, on this member or on another. */
  isConflict(error: unknown): boolean;
}

import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown where the server takes no writes: it is a secondary of its group, or read only. */
export class ReadOnlyMemberError extends MigrationError {
  readonly code = 'READ_ONLY_MEMBER';

  constructor(
    /** The name of the server, for messages. */
    readonly member: string,
    /** The primary's address; `null` where the server does not tell it. */
    readonly primary: string | null,
  ) {
    super(`The server ${member} is read only${primary === null ? '' : `: it is a secondary of its group`}.`, {
      cure:
        primary === null
          ? 'Run migrations against the server that takes writes.'
          : `Run migrations against the primary, ${primary}.`,
    });
  }
}

/** Thrown where the server is not a working member of its cluster at the moment. */
export class MemberNotReadyError extends MigrationError {
  readonly code = 'MEMBER_NOT_READY';

  constructor(
    /** What the server says of itself. */
    readonly state: string,
    cause?: unknown,
  ) {
    super(`This server is not a working member of its cluster: ${state}.`, {
      cure: 'Run migrations against a member that is, or bring this one back first.',
      cause,
    });
  }
}

/** Thrown where a setting of the server or of the session keeps changes from the other members of the cluster. */
export class UnsafeMemberError extends MigrationError {
  readonly code = 'UNSAFE_MEMBER';

  constructor(
    /** The setting, as SQL. */
    readonly setting: string,
    effect: string,
    cure: string,
  ) {
    super(`With ${setting} ${effect}.`, { cure });
  }
}

/**
 * Thrown where the role may not see the members of the cluster, so that a lock that was left behind can't be judged.
 */
export class ClusterNotVisibleError extends MigrationError {
  readonly code = 'CLUSTER_NOT_VISIBLE';

  constructor(
    /** The system table that the role has to be able to read. */
    readonly table: string,
    cause: unknown,
  ) {
    super(`The role may not read ${table}, which lists the members of the cluster.`, {
      cure: `Grant it: grant select on ${table} to the migrating role.`,
      cause,
    });
  }
}

/** Thrown where another run has taken over the cluster's lock. This run has stopped before its next statement. */
export class LeaseLostError extends MigrationError {
  readonly code = 'LOCK_LOST';

  constructor(
    /** The process that holds the lock now, in words; `null` where no one does. */
    readonly holder: string | null,
    cause?: unknown,
  ) {
    const now = holder === null ? 'it is free now' : `${holder} holds it now`;
    super(`The cluster's migration lock was taken from this run, and ${now}: stopped before the next statement.`, {
      cure: worded`Look with ${command('status')}, and run the command again.`,
      cause,
    });
  }
}

/** What is known of the owner of a lock in {@link LockOwnerSilentError}. */
export interface SilentOwner {
  /** The name of the cluster's member that the owner's session is connected to. */
  readonly member: string;
  /** The number that the server gives the owner's session, as in `kill`. */
  readonly session: number;
  /** The owner's process, in words. */
  readonly client: string;
  /** For how long the owner has not moved the lock, in milliseconds by the clock of this process. */
  readonly silentMs: number;
  /** The SQL statement that releases its lock. */
  readonly free: string;
  /** Whether this process is connected to the same member. */
  readonly isHere: boolean;
}

/** Thrown where the owner of the cluster's lock gives no sign of life, and nothing proves that its session is gone. */
export class LockOwnerSilentError extends MigrationError {
  readonly code = 'LOCK_OWNER_SILENT';

  constructor(
    /** What is known of the owner. */
    readonly owner: SilentOwner,
    cause?: unknown,
  ) {
    const { member, session, client, silentMs, free, isHere } = owner;
    const where = isHere ? 'this member' : 'that member';
    super(
      `The migration lock is held by session ${session} on ${member} (${client}), which has not moved it for ${Math.round(silentMs / 1000)} s, and nothing proves that it is gone: ${cause instanceof MigrationError ? cause.message : `${where} is in the cluster.`}`,
      {
        cure: isHere
          ? `Look with show processlist; end it with kill ${session}, and run the command again.`
          : `Run the command against ${member}, where the lock is taken over once session ${session} is gone. Where that can't be, look there with show processlist, kill ${session}, and say: ${free}`,
        cause,
      },
    );
  }
}

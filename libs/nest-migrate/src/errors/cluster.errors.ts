import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** The server takes no writes: it is a secondary of its group, or read only. */
export class ReadOnlyMemberError extends MigrationError {
  readonly code = 'READ_ONLY_MEMBER';

  constructor(
    /** The server, for people. */
    readonly member: string,
    /** The primary's address; `null` where the server does not tell. */
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

/** The server is no working member of its cluster at the moment. */
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

/** A setting of the server or of the session keeps changes from the other members of the cluster. */
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

/** The role may not see the members of the cluster, so that a lock that was left behind can't be judged. */
export class ClusterNotVisibleError extends MigrationError {
  readonly code = 'CLUSTER_NOT_VISIBLE';

  constructor(
    readonly table: string,
    cause: unknown,
  ) {
    super(`The role may not read ${table}, which lists the members of the cluster.`, {
      cure: `Grant it: grant select on ${table} to the migrating role.`,
      cause,
    });
  }
}

/** Another run has taken the cluster's lock over; this one has stopped before its next statement. */
export class LeaseLostError extends MigrationError {
  readonly code = 'LOCK_LOST';

  constructor(
    /** Who holds the lock now, in words; `null`: nobody. */
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

/** What {@link LockOwnerSilentError} knows. */
export interface SilentOwner {
  /** The member that the owner's session is connected to, for people. */
  readonly member: string;
  readonly session: number;
  readonly client: string;
  /** How long it has not moved the lock, in milliseconds of this process's clock. */
  readonly silentMs: number;
  /** The statement that lets go of its lock. */
  readonly free: string;
  /** Whether its member is this one. */
  readonly isHere: boolean;
}

/** The owner of the cluster's lock gives no sign of life, and nothing proves that its session is gone. */
export class LockOwnerSilentError extends MigrationError {
  readonly code = 'LOCK_OWNER_SILENT';

  constructor(
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

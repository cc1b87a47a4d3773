import { randomUUID } from 'node:crypto';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Cluster } from '../engines/session/cluster.js';
import { type MigrationLock, type WayToServer } from '../engines/session/lock.js';
import { type LeaseOwner, type LeaseRow } from '../engines/tables/lock-table.js';
import { LockOwnerSilentError } from '../errors/cluster.errors.js';
import { LockTimeoutError } from '../errors/runtime.errors.js';
import { describeHolder } from './describe-holder.js';
import { Lease } from './lease.js';
import { holderOfLease, type LeaseTable } from './lease-table.js';
import { type LockWait } from './migration-lock.js';
import { type Session } from './ports.js';
import { waitUntil } from './wait-until.js';

/** How long the owner of a lock may give no sign of life before the lock may be taken over. */
export const SILENCE_MS = 10_000;

/** The parts that the lock of a cluster works with. */
export interface ClusterLockParts {
  readonly cluster: Cluster;
  /**
   * The lock of this member alone. It is free only once the session that held it is gone, however that session ended.
   */
  readonly local: MigrationLock;
  readonly way: WayToServer;
  readonly table: LeaseTable;
  /** The pool, for the owner's pulse. */
  readonly connection: AbstractSqlConnection;
  /** Describes this process, for messages. */
  readonly client: string;
}

/**
 * Runs `work` while this session holds the lock of the cluster. Each transaction of the session moves the lock.
 *
 * @throws LockTimeoutError where the owner is alive and did not release the lock in time.
 * @throws LockOwnerSilentError where the owner gives no sign of life, and nothing proves that its session is gone.
 */
export async function withClusterLock<T>(
  parts: ClusterLockParts,
  { session, wait }: { readonly session: Session; readonly wait: LockWait },
  work: () => Promise<T>,
): Promise<T> {
  const { cluster, local, way, table, connection, client } = parts;
  const { timeout, signal, emit } = wait;
  cluster.assertWritable();
  await table.ensure(session);
  const [row] = await session.query<{ id: number | string }>('select connection_id() as id');
  const { id: member, name: memberName } = cluster.self;
  const owner: LeaseOwner = { owner: randomUUID(), member, memberName, session: Number(row?.id), client };
  const taker = new LeaseTaker(parts, owner, wait);
  const { isSo, waitedMs } = await waitUntil(() => taker.tryTake(session), {
    timeout,
    signal,
    awaited: 'the migration lock',
    announce: async () => emit({ type: 'lockWaiting', holder: await taker.holder(session) }),
  });
  if (!isSo) throw await taker.refusal(session, waitedMs);
  const lease = new Lease(table, owner.owner);
  lease.start(connection);
  session.fence = lease;
  emit({ type: 'lockAcquired' });
  try {
    await cluster.catchUp(session);
    return await work();
  } finally {
    session.fence = undefined;
    await lease.stop();
    // a failure is harmless: the lock of this member ends with its session, which shows that the lease may be taken
    // over
    await lease.release(session).catch(() => undefined);
    await local.release(session, way).catch(() => undefined);
    emit({ type: 'lockReleased' });
  }
}

/**
 * A run that wants the lock. Meanwhile it watches the owner by the local clock, since the clocks of the members differ.
 */
class LeaseTaker {
  #seen: { readonly key: string; readonly at: number } | undefined;
  #silentMs = 0;
  #isKilled = false;
  /** The error that prevented a look at the members of the cluster. */
  #blind: unknown;

  constructor(
    private readonly parts: ClusterLockParts,
    private readonly owner: LeaseOwner,
    private readonly wait: LockWait,
  ) {}

  async tryTake(session: Session): Promise<boolean> {
    const { local, way, table, cluster } = this.parts;
    if (!(await local.tryAcquire(session))) {
      await this.#endSilentSession(session, this.#watched(await table.read(session)));
      return false;
    }
    let isTaken = false;
    try {
      const lease = this.#watched(await table.read(session));
      isTaken = (await this.#mayTake(session, lease)) && (await table.take(session, this.owner, lease));
      if (isTaken && lease !== undefined && lease.owner !== null) this.#tellOf(lease);
    } catch (error) {
      if (!cluster.isConflict(error)) throw error;
    } finally {
      // an error here would hide another one, and the lock ends with its session anyway
      if (!isTaken) await local.release(session, way).catch(() => undefined);
    }
    return isTaken;
  }

  /** The holder of the lock, as far as this member can tell. */
  async holder(session: Session): ReturnType<MigrationLock['holder']> {
    const { local, table } = this.parts;
    const lease = holderOfLease(await table.read(session));
    const here = await local.holder(session);
    if (lease === null) return here;
    return here?.pid === lease.pid ? { ...here, ...(lease.member !== undefined && { member: lease.member }) } : lease;
  }

  async refusal(session: Session, waitedMs: number): Promise<Error> {
    const lease = this.#watched(await this.parts.table.read(session));
    if (lease?.owner == null || this.#silentMs < SILENCE_MS) {
      return new LockTimeoutError(waitedMs, describeHolder(await this.holder(session)));
    }
    const { memberName = '', session: id = 0, client = '', owner, member } = lease;
    const isHere = member === this.parts.cluster.self.id;
    const free = this.parts.table.sql.free(owner);
    const silent = { member: memberName, session: id, client, silentMs: this.#silentMs, free, isHere };
    return new LockOwnerSilentError(silent, this.#blind);
  }

  #watched(lease: LeaseRow | undefined): LeaseRow | undefined {
    const key = JSON.stringify([lease?.owner, lease?.counter, lease?.pulse]);
    if (this.#seen?.key !== key) this.#seen = { key, at: performance.now() };
    this.#silentMs = performance.now() - this.#seen.at;
    return lease;
  }

  /** To be called only while this session holds the lock of its own member. */
  async #mayTake(session: Session, lease: LeaseRow | undefined): Promise<boolean> {
    const { cluster } = this.parts;
    if (lease === undefined || lease.owner === null) return true;
    // the owner's session held the lock of this member as long as it lived, so it is gone
    if (lease.member === cluster.self.id) return true;
    if (this.#silentMs < SILENCE_MS) return false;
    try {
      const members = await cluster.members(session);
      this.#blind = undefined;
      return !members.has(lease.member ?? '');
    } catch (error) {
      this.#blind = error;
      return false;
    }
  }

  /**
   * Ends the session of an owner on this member that gives no sign of life, unless the server executes something for
   * it.
   */
  async #endSilentSession(session: Session, lease: LeaseRow | undefined): Promise<void> {
    const { cluster, local } = this.parts;
    if (lease?.owner == null || lease.member !== cluster.self.id) return;
    if (this.#silentMs < SILENCE_MS || this.#isKilled) return;
    const { session: id = 0 } = lease;
    if ((await local.holder(session))?.pid !== id || !(await cluster.isIdle(session, id))) return;
    await cluster.kill(session, id);
    this.#isKilled = true;
    const message = `The session with pid ${id} (${lease.client}) held the migration lock and has not moved it for ${seconds(this.#silentMs)}: it was ended.`;
    this.wait.emit({ type: 'warning', message });
  }

  #tellOf({ session, memberName, client, member }: LeaseRow): void {
    const gone =
      member === this.parts.cluster.self.id
        ? 'is gone and did not let go of it'
        : `has not moved it for ${seconds(this.#silentMs)}, and its member is out of the cluster`;
    const message = `The migration lock was taken over: the session with pid ${session} on ${memberName} (${client}) ${gone}.`;
    this.wait.emit({ type: 'warning', message });
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

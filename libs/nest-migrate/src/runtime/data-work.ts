import { type MikroORM, TransactionContext } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { type PinnedSession } from './pinned-session.js';
import { type RunPorts } from './ports.js';

/**
 * Does data work in a session's open transaction. That includes what a service does with the EntityManager that was
 * injected into it.
 */
export function dataWork(orm: MikroORM, session: PinnedSession): RunPorts['withData'] {
  return async (work) => {
    const em = orm.em.fork() as SqlEntityManager;
    em.setTransactionContext(session.context);
    await TransactionContext.create(em, async () => {
      await work({ em, kysely: em.getKysely() });
      await em.flush();
    });
  };
}

import { MikroORM } from '@mikro-orm/core';
import { type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { type ModulesContainer, NestFactory } from '@nestjs/core';
import { NOT_ON_SCRATCH, type ScratchOrm } from './db-command-mode.js';
import { NoServerAdapter } from './no-server.adapter.js';

/** What `NestFactory.create` takes as an application. */
export type RootModule = Parameters<typeof NestFactory.create>[0];

/** An application whose providers are there, and none of whose hooks has run. */
export interface BuiltApplication {
  readonly app: INestApplication;
  /** Closes every ORM that it has opened. The hooks don't run now either. */
  readonly close: () => Promise<void>;
}

/**
 * Makes the providers of an application and nothing more. Where one fails, the ORMs that were there already are closed.
 *
 * @param options.logger Replaces the logger of the whole process. Default: the one that there is.
 * @param options.scratch Whose ORM it is instead of its own one, which stays open. Another one is refused.
 */
export async function buildApplication(
  root: RootModule,
  { logger, scratch }: { readonly logger?: NestApplicationOptions['logger']; readonly scratch?: ScratchOrm } = {},
): Promise<BuiltApplication> {
  const orms = new Set<MikroORM>();
  const noteOrm = (instance: unknown): unknown => {
    if (instance instanceof MikroORM && instance !== scratch?.orm) {
      if (scratch !== undefined) {
        void instance.close(true);
        return refusedOrm();
      }
      // the first connection would create a missing database otherwise, even to read
      instance.config.set('ensureDatabase', false);
      orms.add(instance as MikroORM);
    }
    return instance;
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled([...orms].map((orm) => orm.close(true)));
  };
  try {
    const options = {
      abortOnError: false,
      instrument: { instanceDecorator: noteOrm },
      ...(logger !== undefined && { logger }),
    };
    return { app: await NestFactory.create(root, new NoServerAdapter(), options), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Stands in for an ORM that may not be used. An error of the decorator itself would not be heard. */
function refusedOrm(): object {
  return new Proxy(
    {},
    {
      get: (_target, name) => {
        if (typeof name === 'symbol' || name === 'then' || name === 'constructor') return undefined;
        throw new Error(NOT_ON_SCRATCH);
      },
    },
  );
}

/** The module that a running application was created from: the first one behind Nest's own. */
export function rootModuleOf(modules: ModulesContainer): RootModule | undefined {
  return [...modules.values()].find(({ metatype: { name } }) => name !== 'InternalCoreModule')?.metatype;
}

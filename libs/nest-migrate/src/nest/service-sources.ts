import { type InjectionToken } from '@nestjs/common';
import { type ModuleRef } from '@nestjs/core';
import { type ServiceSource } from '../commands/command-context.js';
import { command, worded } from '../errors/wording.js';

/** Provided where only a part of the application was started, without the providers of the rest. */
export const APPLICATION_SLICE = Symbol('nest-migrate application slice');

/** For the gate: the providers that inject the ORM wait for the upgrade that would need them. */
export const waitingProviders: ServiceSource = {
  reason: 'the boot has none to give: the providers of the application wait for this upgrade',
  cure: worded`Run ${command('upgrade')} before the application starts, or import MikroOrmModule beside MigrationModule instead of handing it over in \`orm\`.`,
};

const sliceProviders: ServiceSource = {
  reason: 'only the part of the application that migrates is there',
  cure: worded`Call the service of the running application, or run ${command('upgrade')}.`,
};

/** The providers of an application, whichever module holds them. */
export function applicationProviders(moduleRef: ModuleRef): ServiceSource {
  if (isSlice(moduleRef)) return sliceProviders;
  return {
    // of a provider that is request-scoped or transient this creates one for the run
    resolve: (token) => moduleRef.resolve<unknown>(token as InjectionToken, undefined, { strict: false }),
  };
}

function isSlice(moduleRef: ModuleRef): boolean {
  try {
    return moduleRef.get<boolean>(APPLICATION_SLICE, { strict: false });
  } catch {
    return false; // Nest throws for a token that is not provided
  }
}

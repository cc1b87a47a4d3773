/** `nest-migrate` is the library as `nest build` compiled it: Node runs no decorators in TypeScript. */
import { registerHooks } from 'node:module';

const library = new URL('../../dist/libs/nest-migrate/src/index.js', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'nest-migrate' ? library : specifier, context),
});

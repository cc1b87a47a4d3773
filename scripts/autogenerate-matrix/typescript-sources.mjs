/** Lets Node run the sources as they are: what they import as `.js` is the `.ts` beside it. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier, context);
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      return next(`${specifier.slice(0, -3)}.ts`, context);
    }
  },
});

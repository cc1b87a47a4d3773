/** Lets Node run the sources as they are: what they import as `.js` is the `.ts` beside it. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    if (!isOurs) return next(specifier, context);
    // the source first: what is looked for in vain costs a third of the time that a process takes to start
    try {
      return next(`${specifier.slice(0, -3)}.ts`, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      return next(specifier, context);
    }
  },
});

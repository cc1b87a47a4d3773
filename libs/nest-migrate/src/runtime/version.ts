/**
 * The version in the package's own package.json. That file is not always beside the compiled files, so a test compares
 * both.
 */
export const version = '0.1.0';

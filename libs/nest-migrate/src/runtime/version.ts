/** The version in the package's own package.json, which is not always beside the compiled files. A test compares them. */
export const version = '0.1.0';

const oldest = [22, 18] as const;

/** What is wrong with this version of Node.js, or `undefined`. Revisions are TypeScript that Node itself strips. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return (
    `nest-migrate needs Node.js ${oldest.join('.')} or newer and this is ${version}. ` +
    'Update Node.js, or run the command through npm with `node` among the dev dependencies.'
  );
}

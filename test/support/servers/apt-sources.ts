/** The Debian mirror this machine is configured with, in both notations that apt reads. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const APT_FOLDER = '/etc/apt';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MOVING_SUITES = ['unstable', 'sid', 'testing', 'stable', 'oldstable', 'oldoldstable'];

/** One stanza of a `.sources` file: field to value, continuation lines kept. */
export type AptSource = ReadonlyMap<string, string>;

function values(source: AptSource, field: string): readonly string[] {
  return (source.get(field) ?? '').split(/\s+/).filter((value) => value !== '');
}

/** `.sources` files: stanzas of `Field: value`, comments, continuation lines. */
export function parseStanzas(text: string): readonly AptSource[] {
  const stanzas = [new Map<string, string>()];
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const current = stanzas[stanzas.length - 1];
    const field = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(line);
    if (line.startsWith('#') || current === undefined) continue;
    if (line.trim() === '') stanzas.push(new Map<string, string>());
    else if (field) {
      last = field[1]?.toLowerCase() ?? '';
      current.set(last, field[2] ?? '');
    } else if (last !== undefined) current.set(last, `${current.get(last) ?? ''}\n${line}`);
  }
  return stanzas.filter((stanza) => stanza.size > 0);
}

/** `.list` files: `deb [option=value ...] uri suite component ...`, one a line. */
export function parseLines(text: string): readonly AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const found = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!found) continue;
    const [, type = '', options = '', uri = '', suite = '', components = ''] = found;
    const source = new Map([
      ['types', type],
      ['uris', uri],
      ['suites', suite],
      ['components', components.trim()],
    ]);
    for (const option of options.split(/\s+/)) {
      const [name, value] = option.split('=');
      if (name !== undefined && value !== undefined) source.set(name.toLowerCase(), value.replaceAll(',', ' '));
    }
    sources.push(source);
  }
  return sources;
}

function configured(): readonly AptSource[] {
  const files = [join(APT_FOLDER, 'sources.list')];
  const parts = join(APT_FOLDER, 'sources.list.d');
  if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => join(parts, name)));
  return files.flatMap((file) => {
    if (!existsSync(file)) return [];
    if (file.endsWith('.list')) return parseLines(readFileSync(file, 'utf8'));
    return file.endsWith('.sources') ? parseStanzas(readFileSync(file, 'utf8')) : [];
  });
}

function release(): ReadonlyMap<string, string> {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return new Map([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

/** The sources of Debian itself; other people's repositories are left out. */
function debianSources(): readonly AptSource[] {
  const system = release();
  if (system.get('ID') !== 'debian') {
    throw new Error(`this is ${system.get('PRETTY_NAME') ?? process.platform}, not Debian`);
  }
  const suites = [system.get('VERSION_CODENAME') ?? '', ...MOVING_SUITES].filter((suite) => suite !== '');
  const isDebian = (suite: string): boolean => suites.some((own) => suite === own || suite.startsWith(`${own}-`));
  const found = configured().filter(
    (source) =>
      values(source, 'types').includes('deb') &&
      source.get('enabled')?.toLowerCase() !== 'no' &&
      values(source, 'components').includes('main') &&
      values(source, 'suites').some(isDebian),
  );
  if (found.length === 0) throw new Error(`no Debian mirror is configured in ${APT_FOLDER}`);
  return found;
}

function written(source: AptSource, changes: Readonly<Record<string, string>>): string {
  const fields = new Map([...source, ...Object.entries(changes)]);
  // one machine, one architecture: indexes of others are a needless download
  fields.delete('architectures');
  fields.delete('arch');
  return [...fields].map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** The machine's own release of Debian, or another one. */
export type DebianSuite = 'own' | 'trixie' | 'sid';

/** The text of a `.sources` file: Debian's own part of the machine's sources, or another release of the same mirror. */
export function sourcesFor(suite: DebianSuite): string {
  const sources = debianSources();
  if (suite === 'own') return `${sources.map((source) => written(source, { types: 'deb' })).join('\n\n')}\n`;
  const [mirror] = sources.filter((source) => values(source, 'suites').some((name) => !name.includes('-')));
  if (!mirror) throw new Error(`no mirror of a whole Debian release is configured in ${APT_FOLDER}`);
  // a keyring narrowed to one release's key would not know the one that signs another
  const keyring: Record<string, string> = existsSync(KEYRING) ? { 'signed-by': KEYRING } : {};
  return `${written(mirror, { types: 'deb', suites: suite, components: 'main', ...keyring })}\n`;
}

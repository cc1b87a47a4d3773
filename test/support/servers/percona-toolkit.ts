/** pt-online-schema-change, from Debian's package: a program in Perl, with the Perl and the driver that it needs. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { runProcess } from '../processes.ts';
import { unpackedPrograms } from './debian-packages.ts';

const NAME = 'pt-online-schema-change';

/** The machine's own program, where it is there with its driver. */
async function onMachine(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, NAME)).find((path) => existsSync(path));
  if (found === undefined) return undefined;
  const { code } = await runProcess('perl', ['-MDBD::mysql', '-e', '1']);
  return code === 0 ? found : undefined;
}

/**
 * Writes a program of that name into a folder. It appends its arguments, each on a line, to the file `arguments` beside
 * it, and starts pt-online-schema-change.
 */
export async function onlineSchemaChangeIn(folder: string): Promise<string> {
  const path = join(folder, NAME);
  const noted = `printf '%s\\n' "$@" >> "${join(folder, 'arguments')}"`;
  await writeFile(path, `#!/bin/sh\n${noted}\n${await started()} "$@"\n`, { mode: 0o755 });
  return path;
}

async function started(): Promise<string> {
  const own = process.env['TEST_SERVERS_FROM'] === 'packages' ? undefined : await onMachine();
  if (own !== undefined) return `exec "${own}"`;
  const [perl = '', program = ''] = await unpackedPrograms({
    key: 'percona-toolkit',
    suite: 'own',
    install: 'percona-toolkit',
    keep: /^(percona-toolkit|libdbi-perl|libdbd-mysql-perl|perl|perl-base|perl-modules-.*|libperl5.*)$/,
    // those of gdb, which other programs of the toolkit use
    needless: /python|babeltrace|source-highlight|boost|debuginfod|icu|ncurses|readline|libdw|libelf|libipt|libmpfr/,
    programs: ['usr/bin/perl'],
    files: [`usr/bin/${NAME}`],
  });
  const root = resolve(dirname(perl), '../..');
  const machine = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const { stdout } = await runProcess(perl, ['-e', 'print join ".", (sprintf "%vd", $^V) =~ /^(\\d+)\\.(\\d+)/']);
  const version = stdout.trim();
  const modules = [
    `usr/lib/${machine}/perl5/${version}`,
    'usr/share/perl5',
    `usr/lib/${machine}/perl/${version}`,
    `usr/share/perl/${version}`,
    `usr/lib/${machine}/perl-base`,
  ].map((path) => join(root, path));
  // the plugins with which its driver logs in to a new server
  const plugins = join(root, `usr/lib/${machine}/libmariadb3/plugin`);
  return `PERL5LIB="${modules.join(':')}" MARIADB_PLUGIN_DIR="${plugins}" exec "${perl}" "${program}"`;
}

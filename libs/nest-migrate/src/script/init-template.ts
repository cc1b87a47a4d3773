import { join, resolve } from 'node:path';
import { nearestName } from '../errors/nearest-name.js';
import { TemplateInvalidError, TemplateUnknownError } from '../errors/script.errors.js';
import type { FileSystem } from './file-system.js';
import { formOf, renderRevision } from './render-revision.js';
import { TEMPLATE_FILES, templateFiles, templates, type TemplateName } from './templates.js';

/**
 * The files that `init` creates, by their path in the script directory.
 *
 * @param template - the name of a built-in template, or a path (with a slash, as in Flask-Migrate) to a folder with
 * files to copy. What such a folder lacks of the default template is added.
 * @param cwd - what the path is relative to.
 * @throws TemplateUnknownError, TemplateInvalidError
 */
export async function filesOfTemplate(
  template: string,
  cwd: string,
  fs: FileSystem,
): Promise<Readonly<Record<string, string>>> {
  if (/[/\\]/.test(template)) return filesOfFolder(resolve(cwd, template), fs);
  if (isTemplateName(template)) return templateFiles(template);
  const names = Object.keys(templates);
  const meant = nearestName(template, names);
  throw new TemplateUnknownError(
    template,
    `There is no template '${template}'.`,
    meant === undefined
      ? `There are ${names.join(', ')}; a folder of your own has a slash in it: ./${template}.`
      : `Did you mean '${meant}'?`,
  );
}

function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name);
}

async function filesOfFolder(folder: string, fs: FileSystem): Promise<Readonly<Record<string, string>>> {
  if ((await fs.stat(folder))?.kind !== 'folder') {
    throw new TemplateUnknownError(folder, `There is no template folder ${folder}.`, 'Correct the path.');
  }
  const own = await filesIn(folder, '', fs);
  for (const name of Object.keys(own)) {
    if (/^[^/]*\.[cm]?[jt]s$/.test(name)) {
      const problem = `has a script at its top: ${name}`;
      const cure = 'Move it into a sub-folder: MikroORM would take it for a migration of its own.';
      throw new TemplateInvalidError(folder, problem, cure);
    }
  }
  const revisionTemplates = TEMPLATE_FILES.map(([name]) => name).filter((name) => name in own);
  for (const name of revisionTemplates) checkRevisionTemplate(join(folder, name), own[name] ?? '');
  const { 'revision.template': revisionTemplate = '', ...others } = templateFiles('default');
  return { ...others, ...(revisionTemplates.length > 0 ? {} : { 'revision.template': revisionTemplate }), ...own };
}

async function filesIn(folder: string, below: string, fs: FileSystem): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = [...(await fs.list(join(folder, below)))].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of entries) {
    const path = below + name;
    if (name === 'node_modules' || name === '.git') continue;
    if ((await fs.stat(join(folder, path)))?.kind === 'folder')
      Object.assign(files, await filesIn(folder, `${path}/`, fs));
    else files[path] = await fs.readText(join(folder, path));
  }
  return files;
}

/** Fills the template once. Its author sees an error during `init`; the first revision may come months later. */
function checkRevisionTemplate(name: string, text: string): void {
  const template = { name, text };
  const bodies = formOf(template) === 'byConnection' ? { default: '' } : '';
  renderRevision(
    {
      ...{ revision: 'a', downRevision: [], dependsOn: [], branchLabels: [], message: '' },
      ...{ createDate: '', upgrade: bodies, downgrade: bodies },
    },
    template,
  );
}

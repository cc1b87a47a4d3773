import { TemplateInvalidError } from '../errors/script.errors.js';
import { listLiteral, namesLiteral, propertyKey, stringLiteral } from './literals.js';
import { fillTemplate, hasBlock, indent } from './revision-template.js';
import { revisionTemplate } from './templates.js';
import { noteComment, warningSummary } from './warning-summary.js';
import { command, worded } from '../errors/wording.js';

/**
 * The body of a function, not indented, in code that is valid as TypeScript and as JavaScript: one text, or lines.
 * Empty: nothing to do.
 */
export type RevisionBody = string | readonly string[];

/** The content of a new revision script. */
export interface RevisionContent {
  readonly revision: string;
  readonly downRevision: readonly string[];
  readonly dependsOn: readonly string[];
  readonly branchLabels: readonly string[];
  /** What it does the work of, oldest first. Default: nothing. */
  readonly replaces?: readonly string[];
  /** Why it cannot be undone. Default: it can. */
  readonly irreversible?: string;
  /** The tool and the migration that it was imported from. Default: it was not. */
  readonly importedFrom?: string;
  readonly message: string;
  /** ISO 8601 with offset. */
  readonly createDate: string;
  /**
   * The body of `upgrade`. For a directory that several connections share: one body for each, by the connection's name.
   * The template decides which of the two is required: see {@link RevisionTemplate.form}.
   */
  readonly upgrade: RevisionBody | Readonly<Record<string, RevisionBody>>;
  readonly downgrade: RevisionBody | Readonly<Record<string, RevisionBody>>;
  /** What a reviewer should check. They become a comment at the top of the file. */
  readonly warnings?: readonly string[];
  /** What was found out about the revision. The sentences become a comment of their own above the warnings. */
  readonly notes?: readonly string[];
  /** Import lines that the bodies need. They follow the file's own imports. */
  readonly imports?: readonly string[];
}

/** A template and its name in errors, usually its file. */
export interface RevisionTemplate {
  readonly name: string;
  readonly text: string;
}

/** Uses its parameter, so that neither the compiler nor a linter complains before the body is written. */
const EMPTY_BODY = 'void op; // nothing to do';
const BUILT_IN: RevisionTemplate = { name: 'of nest-migrate', text: revisionTemplate };

/**
 * The form of `upgrade` and `downgrade` in the revisions of a template: functions, or records of functions by
 * connection. The template has `${upgrades}` and `${downgrades}` for the latter.
 */
export function formOf({ text }: RevisionTemplate): 'function' | 'byConnection' {
  return hasBlock(text, 'upgrades') || hasBlock(text, 'downgrades') ? 'byConnection' : 'function';
}

/** Whether there is a body for each connection. */
export function isByConnection(bodies: RevisionContent['upgrade']): bodies is Readonly<Record<string, RevisionBody>> {
  return typeof bodies === 'object' && !Array.isArray(bodies);
}

/**
 * The text of a revision script.
 *
 * @throws TemplateInvalidError
 */
export function renderRevision(content: RevisionContent, template: RevisionTemplate = BUILT_IN): string {
  const constants: readonly (readonly [string, string])[] = [
    ['revision', stringLiteral(content.revision)],
    ['downRevision', namesLiteral(content.downRevision)],
    ['branchLabels', namesLiteral(content.branchLabels)],
    ['dependsOn', namesLiteral(content.dependsOn)],
    ['message', stringLiteral(content.message)],
    ['createDate', stringLiteral(content.createDate)],
    ...(content.replaces === undefined || content.replaces.length === 0
      ? []
      : [['replaces', listLiteral(content.replaces)] as const]),
    ...(content.irreversible === undefined ? [] : [['irreversible', stringLiteral(content.irreversible)] as const]),
    ...(content.importedFrom === undefined ? [] : [['importedFrom', stringLiteral(content.importedFrom)] as const]),
  ];
  const text = fillTemplate(template.text, template.name, {
    blocks: {
      constants: constants.map(([name, value]) => `export const ${name} = ${value};`).join('\n'),
      ...bodiesOf(content, template),
    },
    texts: {
      message: content.message.trim() === '' ? 'empty message' : content.message,
      revision: content.revision,
      revises: content.downRevision.length === 0 ? '<base>' : content.downRevision.join(', '),
      branchLabels: content.branchLabels.join(', '),
      dependsOn: content.dependsOn.join(', '),
      createDate: content.createDate,
    },
  });
  return withImports(withSummary(text, content.warnings ?? [], content.notes ?? []), content.imports ?? []);
}

/** Inserts the summary after the comment that the file begins with, before everything else. */
function withSummary(text: string, warnings: readonly string[], notes: readonly string[]): string {
  const place = /^(?:import|export)\s/m.exec(text)?.index ?? 0;
  return text.slice(0, place) + noteComment(notes) + warningSummary(warnings) + text.slice(place);
}

/** Inserts the imports after those that exist, or before the first constant. */
function withImports(text: string, imports: readonly string[]): string {
  if (imports.length === 0) return text;
  const own = [...text.matchAll(/^import [^;]*;?\n/gm)].at(-1);
  const place = own === undefined ? text.search(/^export /m) : own.index + own[0].length;
  return `${text.slice(0, place)}${imports.join('\n')}\n${text.slice(place)}`;
}

function bodiesOf({ upgrade, downgrade }: RevisionContent, template: RevisionTemplate): Record<string, string> {
  if (formOf(template) === 'byConnection') {
    if (isByConnection(upgrade) && isByConnection(downgrade)) {
      return { upgrades: functions(upgrade), downgrades: functions(downgrade) };
    }
    throw new TemplateInvalidError(
      template.name,
      'has a function for each connection, and this revision one for all',
      'Put ${upgrade} and ${downgrade} in the place of ${upgrades} and ${downgrades}.',
    );
  }
  if (!isByConnection(upgrade) && !isByConnection(downgrade)) {
    return { upgrade: body(upgrade), downgrade: body(downgrade) };
  }
  throw new TemplateInvalidError(
    template.name,
    'has one function for all connections, and this revision one for each',
    worded`Put \${upgrades} and \${downgrades} into it, as in the template of '${command('init', '--template', 'multidb')}'.`,
  );
}

function functions(bodies: Readonly<Record<string, RevisionBody>>): string {
  return Object.entries(bodies)
    .map(([name, code]) => `${propertyKey(name)}: async (op) => {\n${indent(body(code), '  ')}\n},`)
    .join('\n\n');
}

function body(lines: RevisionBody): string {
  const text = (typeof lines === 'string' ? lines : lines.join('\n')).replace(/^\n+|\s+$/g, '');
  return text === '' ? EMPTY_BODY : text;
}

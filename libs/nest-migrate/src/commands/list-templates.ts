import { templates } from '../script/templates.js';

/** One of the templates that a script directory can be made from. */
export interface TemplateInfo {
  /** The name that `init` takes as `template`. */
  readonly name: string;
  /** What the template is for, as one sentence. */
  readonly description: string;
}

/** The templates that a script directory can be made from. Needs neither application nor database. */
export function listTemplates(): readonly TemplateInfo[] {
  return Object.entries(templates).map(([name, { description }]) => ({ name, description }));
}

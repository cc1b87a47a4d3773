import { createHash } from 'node:crypto';
import { type Level, type PlanResult } from '../../commands/plan-result.js';
import { planBlocks, shownPath } from './plan-blocks.js';

const severities: Readonly<Record<Level, string>> = { blocking: 'error', warning: 'warning', notice: 'note' };

/** A plan as SARIF 2.1.0, which code scanners show. */
export function planSarif(result: PlanResult, cwd: string): string {
  const blocks = planBlocks(result, cwd);
  const found = blocks.flatMap(({ statement, findings }) => findings.map((finding) => ({ finding, statement })));
  const rules = [...new Map(found.map(({ finding: { rule, title } }) => [rule, title])).entries()];
  const results = found.map(({ finding, statement }) => {
    const { rule, level, message, instead, path, line, revision, sql, accepted } = finding;
    const text = [message, ...(statement === null ? [] : [statement.consequence]), instead].join(' ');
    return {
      ruleId: rule,
      ruleIndex: rules.findIndex(([id]) => id === rule),
      level: severities[level],
      message: { text },
      locations:
        path === null
          ? []
          : [
              {
                physicalLocation: {
                  artifactLocation: { uri: encodeURI(shownPath(path, cwd)) },
                  region: { startLine: line ?? 1 },
                },
              },
            ],
      // the line may move, the statement of the revision stays
      partialFingerprints: { 'nest-migrate/v1': digestOf([rule, revision, sql]) },
      ...(accepted !== undefined && { suppressions: [{ kind: 'inSource', justification: accepted }] }),
    };
  });
  const driver = {
    name: 'nest-migrate',
    rules: rules.map(([id, title]) => ({
      id,
      shortDescription: { text: `${title[0]?.toUpperCase() ?? ''}${title.slice(1)}` },
    })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function digestOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

import { type TableModel } from '../schema/schema-model.js';
import { type ConditionsOfTable, type ExpressionOracle } from './oracle.js';

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

type Answers = readonly (string | undefined)[];
type Default = { readonly sql: string; readonly type: string };

/**
 * Combines questions that are asked at the same time. Tables are compared concurrently, and each waits for its answers:
 * when nothing else can continue, all questions so far are sent to the engine together.
 */
export class GatheringOracle implements ExpressionOracle {
  private conditionsAsked: Asked<ConditionsOfTable, Answers>[] = [];
  private defaultsAsked: Asked<readonly Default[], Answers>[] = [];
  /** Rounds run one after the other, since they share a connection. */
  private last: Promise<void> = Promise.resolve();
  private isDue = false;

  constructor(private readonly oracle: ExpressionOracle) {}

  async conditions(table: TableModel, expressions: readonly string[]): Promise<Answers> {
    if (expressions.length === 0) return [];
    return new Promise((resolve, reject) => {
      this.conditionsAsked.push({ question: { table, expressions }, resolve, reject });
      this.schedule();
    });
  }

  async defaults(defaults: readonly Default[]): Promise<Answers> {
    if (defaults.length === 0) return [];
    return new Promise((resolve, reject) => {
      this.defaultsAsked.push({ question: defaults, resolve, reject });
      this.schedule();
    });
  }

  async conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly Answers[]> {
    return Promise.all(tables.map(({ table, expressions }) => this.conditions(table, expressions)));
  }

  async triggerConditions(table: TableModel, conditions: readonly string[]): Promise<Answers> {
    return this.oracle.triggerConditions(table, conditions);
  }

  async queries(queries: readonly string[]): Promise<Answers> {
    return this.oracle.queries(queries);
  }

  async findsRow(query: string): Promise<boolean | undefined> {
    return this.oracle.findsRow(query);
  }

  async usings(changes: Parameters<ExpressionOracle['usings']>[0]): Promise<Answers> {
    return this.oracle.usings(changes);
  }

  private schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.last = this.last.then(async () => {
      // lets all code that needs no answer continue first
      await new Promise((resolve) => setImmediate(resolve));
      this.isDue = false;
      await this.ask();
    });
  }

  private async ask(): Promise<void> {
    const [conditions, defaults] = [this.conditionsAsked, this.defaultsAsked];
    this.conditionsAsked = [];
    this.defaultsAsked = [];
    await answer(conditions, () => this.oracle.conditionsOf(conditions.map(({ question }) => question)));
    await answer(defaults, async () => {
      const questions = defaults.map(({ question }) => question);
      const answers = await this.oracle.defaults(questions.flat());
      let position = 0;
      return questions.map(({ length }) => answers.slice(position, (position += length)));
    });
  }
}

async function answer<Question>(
  asked: readonly Asked<Question, Answers>[],
  ask: () => Promise<readonly Answers[]>,
): Promise<void> {
  if (asked.length === 0) return;
  try {
    const answers = await ask();
    for (const [index, { resolve }] of asked.entries()) resolve(answers[index] ?? []);
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}

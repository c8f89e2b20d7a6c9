import { disjunctions, isRange, type Condition } from '../queries/filter.ts';
import { toTimestamp } from '../time.ts';
import type { ExplainMetrics, ExplainOptions } from '../protos.ts';
import type { Query } from '../queries/query.ts';

/** What running a query took. */
export interface Effort {
  readonly results: number;
  /** Index entries and documents looked at. */
  readonly scanned: number;
  /** Document reads billed. */
  readonly reads: number;
}

/** What a request is told beside its results; undefined when it did not ask. */
export function explainMetrics(
  options: ExplainOptions | null | undefined,
  query: Query,
  effort: Effort,
): ExplainMetrics | undefined {
  if (options == null) return undefined;
  const planSummary = { indexesUsed: indexesUsed(query).map((index) => ({ fields: textFields(index) })) };
  return options.analyze === true ? { planSummary, executionStats: statsOf(effort) } : { planSummary };
}

/** The server has no clock: the duration is a model, a microsecond for each entry scanned and one for the query. */
function statsOf({ results, scanned, reads }: Effort): NonNullable<ExplainMetrics['executionStats']> {
  return {
    resultsReturned: results,
    executionDuration: toTimestamp(scanned + 1),
    readOperations: reads,
    debugStats: {
      fields: {
        ...textFields({ documents_scanned: `${scanned}`, index_entries_scanned: `${scanned}` }),
        billing_details: {
          structValue: {
            fields: textFields({
              documents_billable: `${reads}`,
              index_entries_billable: '0',
              small_ops: '0',
              min_query_cost: results === 0 ? '1' : '0',
            }),
          },
        },
      },
    },
  };
}

/** One index for each alternative, in the words of production: `(a ASC, b DESC, __name__ DESC)`. */
function indexesUsed(query: Query): { query_scope: string; properties: string }[] {
  const scope = query.scope.kind === 'collection' ? 'Collection' : 'Collection group';
  const all = disjunctions(query.filter).map((conditions) => propertiesOf(query, conditions));
  return [...new Set(all)].map((properties) => ({ query_scope: scope, properties }));
}

function propertiesOf({ orders, nearest }: Query, conditions: readonly Condition[]): string {
  const equal = new Map<string, string>();
  for (const condition of conditions) {
    if (isRange(condition) || condition.path.isName) continue;
    const isElement = condition.operator.startsWith('array-contains');
    equal.set(condition.path.canonical, isElement ? 'CONTAINS' : 'ASC');
  }
  const sorted = orders
    .filter(({ path }) => equal.get(path.canonical) !== 'ASC')
    .map(({ path, direction }) => `${path.canonical} ${direction === 1 ? 'ASC' : 'DESC'}`);
  const vector = nearest === undefined ? [] : [`${nearest.path.canonical} VECTOR<${nearest.vector.length}>`];
  return `(${[...[...equal].map(([path, mode]) => `${path} ${mode}`), ...sorted, ...vector].join(', ')})`;
}

const textFields = (texts: Readonly<Record<string, string>>): Record<string, { stringValue: string }> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { stringValue: text }]));

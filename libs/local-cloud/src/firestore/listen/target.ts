import { matchesQuery, parseQuery, type Query } from '../queries/query.ts';
import { runQuery } from '../queries/run-query.ts';
import { checkDocumentName } from '../resource-name.ts';
import { Code, invalidArgument, StatusError } from '../status.ts';
import type { Database } from '../storage/database.ts';
import type { Past } from '../storage/history.ts';
import type { DocumentChange } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Target as TargetProto } from '../protos.ts';

/** What one change does to a target: the document is shown as it is now, or is shown no longer. */
export type Effect = 'shown' | 'gone' | undefined;

/** What a listener watches. */
export type Target =
  | { readonly kind: 'documents'; readonly names: readonly string[] }
  | { readonly kind: 'query'; readonly query: Query }
  /** With a limit or an offset a change can move other documents in or out: the results are kept. */
  | { readonly kind: 'window'; readonly query: Query; results: ReadonlyMap<string, StoredDocument> };

/** Throws INVALID_ARGUMENT for a target that production refuses. */
export function parseTarget(proto: TargetProto): Target {
  if (proto.documents != null) {
    const names = proto.documents.documents ?? [];
    for (const name of names) checkDocumentName(name);
    return { kind: 'documents', names };
  }
  if (proto.query?.structuredQuery == null) throw invalidArgument('A target needs documents or a query.');
  const query = parseQuery(proto.query.parent ?? '', proto.query.structuredQuery);
  if (query.scope.kind === 'descendants') {
    throw new StatusError(Code.UNIMPLEMENTED, 'A listener needs a collection id.');
  }
  if (query.nearest !== undefined) throw invalidArgument('A listener cannot find nearest vectors.');
  if (query.limit === undefined && query.offset === 0) return { kind: 'query', query };
  return { kind: 'window', query, results: new Map() };
}

/** The results of a target, in order, now or at the time of `past`. A missing document is among them as a name. */
export function resultsOf(target: Target, database: Database, past?: Past): DocumentChange[] {
  if (target.kind === 'documents') {
    return target.names.map((name) => ({ name, before: undefined, after: database.get(name, past) }));
  }
  const { documents } = runQuery(target.query, database.store, past);
  return documents.map((after) => ({ name: after.name, before: undefined, after }));
}

export function effectOf(target: Target, { name, before, after }: DocumentChange): Effect {
  if (target.kind === 'documents') {
    if (!target.names.includes(name) || before === after) return undefined;
    return after === undefined ? 'gone' : 'shown';
  }
  if (before === after) return undefined;
  if (after !== undefined && matchesQuery(after, target.query)) return 'shown';
  return before !== undefined && matchesQuery(before, target.query) ? 'gone' : undefined;
}

/** What changed in the results of a window; keeps the new ones. */
export function refreshWindow(
  target: Extract<Target, { kind: 'window' }>,
  database: Database,
): (DocumentChange & { effect: Effect })[] {
  const old = target.results;
  const results = new Map(
    runQuery(target.query, database.store).documents.map((found) => [found.name, found]),
  );
  target.results = results;
  const gone = [...old.values()]
    .filter(({ name }) => !results.has(name))
    .map((before) => {
      return { name: before.name, before, after: database.get(before.name), effect: 'gone' as const };
    });
  const shown = [...results.values()]
    .filter((after) => old.get(after.name) !== after)
    .map((after) => ({ name: after.name, before: old.get(after.name), after, effect: 'shown' as const }));
  return [...gone, ...shown];
}

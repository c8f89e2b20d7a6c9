import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Database } from '../storage/database.ts';
import { StoredDocument } from '../storage/stored-document.ts';
import { compareByOrders, matchesQuery, parseQuery, type Query } from './query.ts';
import { runQuery } from './run-query.ts';
import type { Cursor, Fields, Filter, StructuredQuery, Value } from '../protos.ts';

const ROOT = 'projects/p/databases/(default)/documents';

/** Writes each document at the next microsecond; `undefined` deletes it. */
function write(
  database: Database,
  documents: Iterable<readonly [path: string, fields: Fields | undefined]>,
): void {
  for (const [path, fields] of documents) {
    const name = `${ROOT}/${path}`;
    const time = database.commitTime(1);
    const before = database.store.get(name);
    const after = fields && StoredDocument.create(name, fields, before?.createTime ?? time, time);
    database.apply({ time, changes: [{ name, before, after }] });
  }
}

/** What a query means, without any plan. */
function scan(query: Query, database: Database): string[] {
  const found = [...database.store.documents()]
    .filter((document) => matchesQuery(document, query))
    .toSorted((a, b) => compareByOrders(a, b, query.orders));
  const end = query.limit === undefined ? undefined : query.offset + query.limit;
  return found.slice(query.offset, end).map(({ name }) => name);
}

const small = fc.integer({ min: 0, max: 5 });
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: small.map((integerValue) => ({ integerValue })) },
  small.map((half) => ({ doubleValue: half / 2 })),
  fc.constant({ doubleValue: Number.NaN }),
  small.map((letter) => ({ stringValue: 'abcdef'.slice(0, letter) })),
  fc.constant({ nullValue: 'NULL_VALUE' as const }),
  fc.array(small, { maxLength: 3 }).map((list) => ({
    arrayValue: { values: list.map((integerValue) => ({ integerValue })) },
  })),
);
const fields: fc.Arbitrary<Fields> = fc
  .record({ a: value, b: value, c: value }, { requiredKeys: [] })
  .map((drawn) => ({ ...drawn }));
const path = fc
  .tuple(fc.constantFrom('c', 'other', 'u/1/c', 'u/2/c'), fc.integer({ min: 0, max: 80 }))
  .map(([collection, id]) => `${collection}/${id}`);
const documents = fc.array(fc.tuple(path, fc.option(fields, { freq: 8, nil: undefined })), {
  minLength: 400,
  maxLength: 700,
  size: 'max',
});

const fieldPath = fc.constantFrom('a', 'b', 'c');
const single = fc.constantFrom(
  'EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'NOT_EQUAL',
  'ARRAY_CONTAINS',
);
const listed = fc.constantFrom('IN', 'NOT_IN', 'ARRAY_CONTAINS_ANY');
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .record({ fieldPath, op: single, operand: value })
    .map((drawn) => fieldFilter(drawn.fieldPath, drawn.op, drawn.operand)),
  fc
    .record({ fieldPath, op: listed, values: fc.array(value, { minLength: 1, maxLength: 3 }) })
    .map((drawn) => fieldFilter(drawn.fieldPath, drawn.op, { arrayValue: { values: drawn.values } })),
);
const filter: fc.Arbitrary<Filter> = fc.oneof(
  condition,
  fc
    .record({
      op: fc.constantFrom('AND' as const, 'OR' as const),
      filters: fc.array(condition, { minLength: 1, maxLength: 3 }),
    })
    .map((compositeFilter) => ({ compositeFilter })),
);
const structured: fc.Arbitrary<StructuredQuery> = fc.record({
  from: fc.boolean().map((allDescendants) => [{ collectionId: 'c', allDescendants }]),
  where: fc.option(filter, { nil: null }),
  orderBy: fc.array(
    fc.record({
      field: fc.constantFrom('a', 'b', '__name__').map((text) => ({ fieldPath: text })),
      direction: fc.constantFrom('ASCENDING' as const, 'DESCENDING' as const),
    }),
    { maxLength: 2 },
  ),
  offset: fc.integer({ min: 0, max: 3 }),
  limit: fc.option(
    fc.integer({ min: 0, max: 10 }).map((limit) => ({ value: limit })),
    { nil: null },
  ),
});

/** Some conditions may not stand together. */
const allowed = structured.filter((proto) => {
  try {
    return parseQuery(ROOT, proto) !== undefined;
  } catch {
    return false;
  }
});

type Operator = NonNullable<NonNullable<Filter['fieldFilter']>['op']>;

function fieldFilter(text: string, op: Operator, operand: Value): Filter {
  return { fieldFilter: { field: { fieldPath: text }, op, value: operand } };
}

const at = (n: number, before: boolean): Cursor => ({ values: [{ integerValue: n }], before });

describe('runQuery', () => {
  it('finds by indexes, names and orders what a scan finds, now and at an earlier time', () => {
    fc.assert(
      fc.property(
        documents,
        documents,
        fc.array(allowed, { minLength: 20, maxLength: 40 }),
        (first, second, protos) => {
          const database = new Database(0);
          write(database, first);
          const queries = protos.map((proto) => parseQuery(ROOT, proto));
          const before = queries.map((query) => scan(query, database));
          const names = (query: Query): string[] =>
            runQuery(query, database.store).documents.map(({ name }) => name);
          expect(queries.map(names)).toEqual(before);

          const time = database.readTime(1);
          write(database, second);
          expect(queries.map(names)).toEqual(queries.map((query) => scan(query, database)));
          const past = database.pastAt(time, 1);
          const namesThen = queries.map((query) =>
            runQuery(query, database.store, past).documents.map(({ name }) => name),
          );
          expect(namesThen).toEqual(before);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('starts and ends at cursors in the order of the query', () => {
    const database = new Database(0);
    const count = 200;
    write(
      database,
      Array.from(
        { length: count },
        (_, i) => [`c/${i}`, { n: { integerValue: Math.floor(i / 2) } }] as const,
      ),
    );
    const ids = (proto: StructuredQuery): number[] =>
      runQuery(parseQuery(ROOT, { from: [{ collectionId: 'c' }], ...proto }), database.store).documents.map(
        ({ name }) => Number(name.slice(name.lastIndexOf('/') + 1)),
      );
    const up = [{ field: { fieldPath: 'n' }, direction: 'ASCENDING' as const }];
    const down = [{ field: { fieldPath: 'n' }, direction: 'DESCENDING' as const }];
    expect(ids({ orderBy: up, startAt: at(50, true), endAt: at(51, false) })).toEqual([100, 101, 102, 103]);
    expect(ids({ orderBy: up, startAt: at(50, false), endAt: at(51, true) })).toEqual([]);
    expect(ids({ orderBy: down, startAt: at(51, true), endAt: at(50, true) })).toEqual([103, 102]);
    expect(ids({ orderBy: down, startAt: at(98, false), limit: { value: 2 } })).toEqual([195, 194]);
  });

  it('holds no NaN in a range of numbers, however it is found', () => {
    for (const count of [3, 300]) {
      const database = new Database(0);
      const numbers = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? Number.NaN : i));
      write(
        database,
        numbers.map((doubleValue, i) => [`c/${i}`, { n: { doubleValue } }]),
      );
      const found = (op: Operator, operand: Value): number =>
        runQuery(
          parseQuery(ROOT, { from: [{ collectionId: 'c' }], where: fieldFilter('n', op, operand) }),
          database.store,
        ).documents.length;
      const [top, nan] = [{ integerValue: count }, { doubleValue: Number.NaN }];
      const real = (count / 3) * 2;
      expect([found('LESS_THAN', top), found('LESS_THAN_OR_EQUAL', top)]).toEqual([real, real]);
      expect([found('NOT_EQUAL', top), found('GREATER_THAN_OR_EQUAL', nan)]).toEqual([count, count / 3]);
    }
  });

  it('leaves out documents without a field of the order', () => {
    const database = new Database(0);
    write(database, [
      ['c/with', { n: { nullValue: 'NULL_VALUE' } }],
      ['c/without', { m: { integerValue: 1 } }],
    ]);
    const query = parseQuery(ROOT, {
      from: [{ collectionId: 'c' }],
      orderBy: [{ field: { fieldPath: 'n' } }],
    });
    expect(runQuery(query, database.store).documents.map(({ name }) => name)).toEqual([`${ROOT}/c/with`]);
  });
});

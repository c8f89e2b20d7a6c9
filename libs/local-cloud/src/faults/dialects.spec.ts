import { describe, expect, it } from '@jest/globals';

import { bigqueryDialect } from './dialects.ts';

describe('the methods of BigQuery and Cloud Storage', () => {
  it.each([
    ['POST', '/bigquery/v2/projects/p/queries', 'jobs.query', 'projects/p/queries'],
    ['GET', '/projects/p/queries/j', 'jobs.getQueryResults', 'projects/p/queries/j'],
    ['POST', '/upload/bigquery/v2/projects/p/jobs', 'jobs.insert', 'projects/p/jobs'],
    ['GET', '/projects/p/datasets/b', 'datasets.get', 'projects/p/datasets/b'],
    [
      'POST',
      '/projects/p/datasets/d/tables/t/insertAll',
      'tabledata.insertAll',
      'projects/p/datasets/d/tables/t/insertAll',
    ],
    ['GET', '/storage/v1/b', 'buckets.list', 'b'],
    ['POST', '/b', 'buckets.insert', 'b'],
    ['DELETE', '/b/bucket', 'buckets.delete', 'b/bucket'],
    ['POST', '/upload/storage/v1/b/bucket/o', 'objects.insert', 'b/bucket/o'],
    ['GET', '/storage/v1/b/bucket/o/a%2Fb', 'objects.get', 'b/bucket/o/a%2Fb'],
  ])('%s %s is %s of %s', (method, path, name, resource) => {
    expect(bigqueryDialect.call(method, path)).toEqual({ method: name, resource });
  });
});

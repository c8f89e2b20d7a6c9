import { createHash } from 'node:crypto';

import { BigQueryError, invalid } from '../errors.ts';
import { textOf } from '../json.ts';
import { pageOf, RawAnswer } from '../rest/route.ts';
import type { RestRequest, Route } from '../rest/route.ts';
import { crc32c } from './crc32c.ts';
import type { Objects, StoredObject } from './objects.ts';

/** The part of Cloud Storage's JSON API that fills and reads the buckets of load and extract jobs. */
export function objectRoutes(objects: Objects): Route[] {
  return [
    {
      method: 'POST',
      pattern: '/b',
      handle: async ({ body }) => {
        const name = textOf(body['name']) ?? '';
        await objects.createBucket(name);
        return toBucket(name);
      },
    },
    {
      method: 'GET',
      pattern: '/b',
      handle: async ({ query }) => {
        const prefix = query.get('prefix') ?? '';
        const names = (await objects.buckets()).filter((name) => name.startsWith(prefix));
        const { items, nextPageToken } = pageOf(names, query);
        return { kind: 'storage#buckets', items: items.map(toBucket), nextPageToken };
      },
    },
    {
      method: 'GET',
      pattern: '/b/{bucket}',
      handle: async ({ path }) => {
        await objects.requireBucket(path('bucket'));
        return toBucket(path('bucket'));
      },
    },
    {
      method: 'DELETE',
      pattern: '/b/{bucket}',
      handle: async ({ path }) => {
        await objects.deleteBucket(path('bucket'));
        return undefined;
      },
    },
    {
      method: 'GET',
      pattern: '/b/{bucket}/o',
      handle: async ({ path, query }) => {
        if (query.get('delimiter') !== null) {
          throw new BigQueryError(501, 'notImplemented', 'The local Cloud Storage lists without delimiter');
        }
        const listed = await objects.list(path('bucket'), query.get('prefix') ?? '');
        const { items, nextPageToken } = pageOf(listed, query);
        return { kind: 'storage#objects', items: items.map(toObject), nextPageToken };
      },
    },
    {
      method: 'GET',
      pattern: '/b/{bucket}/o/{object}',
      handle: async (request) =>
        request.query.get('alt') === 'media'
          ? download(await objects.read(uriOf(request)))
          : toObject(await objects.find(uriOf(request))),
    },
    {
      method: 'DELETE',
      pattern: '/b/{bucket}/o/{object}',
      handle: async (request) => {
        await objects.remove(uriOf(request));
        return undefined;
      },
    },
    {
      method: 'POST',
      pattern: '/upload/b/{bucket}/o',
      handle: async ({ path, query, body, media }) => {
        const name = query.get('name') ?? textOf(body['name']);
        if (name == null || media === undefined) throw invalid('An upload needs a name and a file');
        const stored = await objects.put({ bucket: path('bucket'), name }, (file) => file.writeFile(media));
        return { ...toObject(stored), md5Hash: md5(media), crc32c: crc32c(media) };
      },
    },
  ];
}

const uriOf = ({ path }: RestRequest) => ({ bucket: path('bucket'), name: path('object') });

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');

const download = (bytes: Buffer): RawAnswer =>
  new RawAnswer(bytes, {
    'content-type': 'application/octet-stream',
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-hash': `crc32c=${crc32c(bytes)},md5=${md5(bytes)}`,
  });

const toBucket = (name: string) => ({ kind: 'storage#bucket', id: name, name });

const toObject = ({ bucket, name, bytes, modifiedAtMs }: StoredObject) => ({
  kind: 'storage#object',
  id: `${bucket}/${name}/${modifiedAtMs}`,
  bucket,
  name,
  size: String(bytes),
  generation: String(modifiedAtMs),
  metageneration: '1',
  updated: new Date(modifiedAtMs).toISOString(),
});

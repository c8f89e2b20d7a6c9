import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs';
import { Transcoder } from './transcoder.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  package google.protobuf;
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message FieldMask { repeated string paths = 1; }
  enum Colour { COLOUR_UNSPECIFIED = 0; RED = 1; }
  message Thing {
    string name = 1;
    int32 some_count = 2;
    int64 large = 3;
    bytes data = 4;
    bool flag = 5;
    double part = 6;
    Colour colour = 7;
    repeated string tags = 8;
    map<string, Duration> waits = 9;
    Timestamp at = 10;
    Thing inner = 11;
    oneof kind { string text = 12; int32 number = 13; }
    FieldMask update_mask = 14;
  }
`);
const thing = root.lookupType('google.protobuf.Thing');
const transcoder = new Transcoder([
  {
    name: 'PutThing',
    rules: [{ verb: 'PUT', path: '/v1/{name=things/*}', body: '*' }],
    request: thing,
    response: thing,
  },
  {
    name: 'GetThing',
    rules: [{ verb: 'GET', path: '/v1/{name=things/*}' }],
    request: thing,
    response: thing,
  },
  {
    name: 'CountThing',
    rules: [{ verb: 'GET', path: '/v1/{inner.name=things/*}:count' }],
    request: thing,
    response: thing,
  },
  {
    name: 'AddInner',
    rules: [{ verb: 'POST', path: '/v1/{name=things/*}/inner', body: 'inner' }],
    request: thing,
    response: thing,
  },
]);

/** The method that a request asks for and, as JSON again, what it is given. */
function transcode(request: string, body: Record<string, unknown> = {}): unknown {
  const [verb = '', target = ''] = request.split(' ');
  const url = new URL(target, 'http://localhost');
  const found = transcoder.find(verb, url.pathname);
  if (found === undefined) return undefined;
  return [found.method, found.decodeResponse(found.encodeRequest(url.searchParams, body))];
}

describe('a request by HTTP', () => {
  it.each<[request: string, body: Record<string, unknown>, given: unknown]>([
    ['GET /v1/things/a', {}, ['GetThing', { name: 'things/a' }]],
    ['GET /v1/things/a%20b', {}, ['GetThing', { name: 'things/a b' }]],
    ['GET /v1/things/a:count', {}, ['CountThing', { inner: { name: 'things/a' } }]],
    [
      'GET /v1/things/a?someCount=3&flag=true',
      {},
      ['GetThing', { name: 'things/a', someCount: 3, flag: true }],
    ],
    ['GET /v1/things/a?tags=x&tags=y&alt=json', {}, ['GetThing', { name: 'things/a', tags: ['x', 'y'] }]],
    ['GET /v1/things/a?inner.someCount=3', {}, ['GetThing', { name: 'things/a', inner: { someCount: 3 } }]],
    [
      'GET /v1/things/a?updateMask=someCount,inner.someCount',
      {},
      ['GetThing', { name: 'things/a', updateMask: 'someCount,inner.someCount' }],
    ],
    ['PUT /v1/things/a', { name: 'things/other' }, ['PutThing', { name: 'things/a' }]],
    ['POST /v1/things/a/inner', { flag: true }, ['AddInner', { name: 'things/a', inner: { flag: true } }]],
    ['DELETE /v1/things/a', {}, undefined],
    ['GET /v1/things/a/b', {}, undefined],
    ['GET /v2/things/a', {}, undefined],
  ])('%s with %j', (request, body, given) => {
    expect(transcode(request, body)).toEqual(given);
  });
});

describe('JSON', () => {
  it.each<[json: Record<string, unknown>, shown?: unknown]>([
    [{ someCount: 7, large: '9007199254740993', part: 0.5, flag: true, colour: 'RED' }],
    [
      { some_count: '7', large: 5, colour: 1 },
      { someCount: 7, large: '5', colour: 'RED' },
    ],
    [
      { someCount: 0, large: '0', flag: false, data: '', colour: 'COLOUR_UNSPECIFIED', tags: [], waits: {} },
      {},
    ],
    [{ someCount: null, inner: null }, {}],
    [{ inner: {} }],
    [{ text: '' }],
    [{ data: '-_8' }, { data: '+/8=' }],
    [{ part: 'NaN' }],
    [{ part: '-Infinity' }],
    [{ at: '2026-01-02T03:04:05.5Z' }, { at: '2026-01-02T03:04:05.500Z' }],
    [{ at: '2026-01-02T03:04:05.000001+01:00' }, { at: '2026-01-02T02:04:05.000001Z' }],
    [{ waits: { a: '604800s', b: '0.000000001s', c: '-1.500s' } }],
  ])('%j', (json, shown = json) => {
    expect(transcode('PUT /v1/things/a', json)).toEqual(['PutThing', { ...Object(shown), name: 'things/a' }]);
  });

  it.each<[json: Record<string, unknown>, message: string]>([
    [{ nothing: 1 }, `Invalid JSON payload received. Unknown name "nothing": Cannot find field.`],
    [{ constructor: 1 }, `Unknown name "constructor"`],
    [{ inner: { nothing: 1 } }, `Unknown name "nothing" at 'inner'`],
    [{ someCount: 'many' }, `Invalid value at 'someCount' (int32), "many"`],
    [{ someCount: 2 ** 31 }, `Invalid value at 'someCount' (int32)`],
    [{ someCount: 1.5 }, `Invalid value at 'someCount' (int32)`],
    [{ data: 'no base64!' }, `Invalid value at 'data' (bytes)`],
    [{ flag: 'yes' }, `Invalid value at 'flag' (bool)`],
    [{ colour: 'BLUE' }, `Invalid value at 'colour' (google.protobuf.Colour), "BLUE"`],
    [{ tags: 'a' }, `Invalid value at 'tags' (list)`],
    [{ tags: ['a', 1] }, `Invalid value at 'tags[1]' (string), 1`],
    [{ waits: { a: 'soon' } }, `Invalid value at 'waits[a]' (google.protobuf.Duration), "soon"`],
    [{ at: 'yesterday' }, `Invalid value at 'at' (google.protobuf.Timestamp)`],
    [{ inner: 'x' }, `Invalid value at 'inner' (google.protobuf.Thing)`],
    [{ text: 'a', number: 1 }, `oneof field 'kind' is already set. Cannot set 'number'`],
  ])('%j is refused', (json, message) => {
    expect(() => transcode('PUT /v1/things/a', json)).toThrow(message);
  });
});

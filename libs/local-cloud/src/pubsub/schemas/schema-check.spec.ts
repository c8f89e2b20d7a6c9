import { describe, expect, it } from '@jest/globals';
import { v1 } from '../wire.ts';
import { compileSchema } from './schema-check.ts';

const { AVRO: avro, PROTOCOL_BUFFER: protobuf } = v1.Schema.Type;
const { JSON: json, BINARY: binary } = v1.Encoding;

const record = (...fields: unknown[]): object => ({
  type: 'record',
  name: 'R',
  fields: fields.map((type, index) => ({ name: `f${index}`, type })),
});
const colour = { type: 'enum', name: 'Colour', symbols: ['RED', 'BLUE'] };
const list = { ...record('int', ['null', 'R']), name: 'R' };
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const proto = `syntax = "proto3";
message Order {
  string order_id = 1;
  int64 quantity = 2;
  repeated double prices = 3;
  Side side = 4;
  enum Side { BUY = 0; SELL = 1; }
  message Leg { bool is_open = 1; }
  map<string, Leg> legs = 5;
}`;

describe('schemas', () => {
  const valid: readonly (readonly [
    type: number,
    definition: string,
    encoding: number,
    data: string | Uint8Array,
    isValid: boolean,
  ])[] = [
    [avro, '"string"', json, '"x"', true],
    [avro, '"string"', json, '1', false],
    [avro, '"string"', json, 'no JSON', false],
    [avro, '"int"', json, '2147483647', true],
    [avro, '"int"', json, '2147483648', false],
    [avro, '"int"', json, '1.5', false],
    [avro, '"long"', json, '2147483648', true],
    [avro, '"double"', json, '1.5', true],
    [avro, '"boolean"', json, 'true', true],
    [avro, '"null"', json, 'null', true],
    [avro, '"bytes"', json, '"\\u00ff"', true],
    [avro, '"bytes"', json, '"\\u0100"', false],
    [avro, JSON.stringify(colour), json, '"RED"', true],
    [avro, JSON.stringify(colour), json, '"GREEN"', false],
    [avro, JSON.stringify({ type: 'fixed', name: 'F', size: 2 }), json, '"ab"', true],
    [avro, JSON.stringify({ type: 'fixed', name: 'F', size: 2 }), json, '"abc"', false],
    [avro, JSON.stringify({ type: 'array', items: 'int' }), json, '[1, 2]', true],
    [avro, JSON.stringify({ type: 'array', items: 'int' }), json, '[1, "2"]', false],
    [avro, JSON.stringify({ type: 'map', values: 'int' }), json, '{"a": 1}', true],
    [avro, JSON.stringify({ type: 'map', values: 'int' }), json, '{"a": null}', false],
    [avro, '["null", "string"]', json, 'null', true],
    [avro, '["null", "string"]', json, '{"string": "x"}', true],
    [avro, '["null", "string"]', json, '"x"', false],
    [avro, JSON.stringify(record('string', 'int')), json, '{"f0": "x", "f1": 1}', true],
    [avro, JSON.stringify(record('string', 'int')), json, '{"f0": "x"}', false],
    [avro, JSON.stringify(record('string')), json, '{"f0": "x", "more": 1}', false],
    [avro, JSON.stringify(list), json, '{"f0": 1, "f1": {"R": {"f0": 2, "f1": null}}}', true],
    [avro, '"string"', binary, bytes(2, 0x78), true],
    [avro, '"string"', binary, bytes(2), false],
    [avro, '"string"', binary, bytes(2, 0x78, 0), false],
    [avro, '"int"', binary, bytes(0xfe, 0xff, 0xff, 0xff, 0x0f), true],
    [avro, '"int"', binary, bytes(0x80, 0x80, 0x80, 0x80, 0x10), false],
    [avro, '"boolean"', binary, bytes(1), true],
    [avro, '"boolean"', binary, bytes(2), false],
    [avro, JSON.stringify(colour), binary, bytes(2), true],
    [avro, JSON.stringify(colour), binary, bytes(4), false],
    [avro, '["null", "string"]', binary, bytes(0), true],
    [avro, '["null", "string"]', binary, bytes(4), false],
    [avro, JSON.stringify({ type: 'array', items: 'int' }), binary, bytes(4, 2, 4, 0), true],
    [avro, JSON.stringify({ type: 'array', items: 'int' }), binary, bytes(3, 4, 2, 4, 0), true],
    [avro, JSON.stringify({ type: 'array', items: 'int' }), binary, bytes(4, 2, 4), false],
    [avro, JSON.stringify({ type: 'map', values: 'int' }), binary, bytes(2, 2, 0x61, 2, 0), true],
    [avro, JSON.stringify(list), binary, bytes(2, 2, 4, 0), true],
    [protobuf, proto, json, '{"orderId": "a", "quantity": "5", "prices": [1, 2.5], "side": "SELL"}', true],
    [protobuf, proto, json, '{"order_id": "a", "legs": {"x": {"isOpen": true}}}', true],
    [protobuf, proto, json, '{}', true],
    [protobuf, proto, json, '{"unknown": 1}', false],
    [protobuf, proto, json, '{"quantity": 1.5}', false],
    [protobuf, proto, json, '{"side": "HOLD"}', false],
    [protobuf, proto, json, '{"prices": 1}', false],
    [protobuf, proto, json, '[]', false],
    [protobuf, proto, binary, bytes(0x0a, 1, 0x61, 0x10, 5), true],
    [protobuf, proto, binary, bytes(0x0a, 9, 0x61), false],
  ];

  it.each(valid)('type %s %s, encoding %s: %s is valid: %s', (type, definition, encoding, data, isValid) => {
    expect(compileSchema(type, definition)(Buffer.from(data), encoding)).toBe(isValid);
  });

  it.each([
    [avro, 'no JSON'],
    [avro, '{"not": "avro"}'],
    [avro, '"unknown"'],
    [avro, JSON.stringify({ type: 'record', name: 'R' })],
    [avro, JSON.stringify({ type: 'record', name: '1', fields: [] })],
    [avro, JSON.stringify({ type: 'enum', name: 'E', symbols: ['A', 'A'] })],
    [avro, '["null", "null"]'],
    [protobuf, 'message'],
    [protobuf, 'syntax = "proto3";'],
    [protobuf, 'syntax = "proto3"; message A {} message B {}'],
    [protobuf, 'syntax = "proto3"; message A { Unknown b = 1; }'],
    [protobuf, 'syntax = "proto3"; import "x.proto"; message A {}'],
    [0, '"string"'],
  ])('of type %s is refused: %s', (type, definition) => {
    expect(() => compileSchema(type, definition)).toThrow(/schema/);
  });
});

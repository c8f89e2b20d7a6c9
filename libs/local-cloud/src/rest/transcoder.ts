import type protobuf from 'protobufjs';
import { pathPattern } from './http-rule.ts';
import type { HttpRule, PathFields, PathPattern } from './http-rule.ts';
import type { JsonObject } from './json-body.ts';
import { decodeJson, encodeJson, fieldOf } from './proto-json.ts';

/** A unary method as its descriptor tells of it. */
export interface RestMethod {
  readonly name: string;
  readonly rules: readonly HttpRule[];
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

/** A method that an HTTP request asks for. */
export interface Transcoded {
  readonly method: string;
  /** The request on the wire. @throws ProtoJsonError when the JSON is none. */
  encodeRequest(query: URLSearchParams, body: JsonObject): Buffer;
  /** The response as JSON. */
  decodeResponse(bytes: Uint8Array): unknown;
}

/** Turns HTTP requests with JSON into the requests of gRPC, by the `google.api.http` annotations of the methods. */
export class Transcoder {
  /** Paths that end in a verb first: a verb could be the end of a name. */
  readonly #bindings: readonly Binding[];

  constructor(methods: readonly RestMethod[]) {
    this.#bindings = methods
      .flatMap((method) => method.rules.map((rule) => ({ method, rule, pattern: pathPattern(rule.path) })))
      .toSorted((a, b) => Number(hasVerb(b.rule)) - Number(hasVerb(a.rule)));
  }

  /** Undefined when no method has the path. @throws URIError when the path is not encoded rightly. */
  find(verb: string, path: string): Transcoded | undefined {
    for (const binding of this.#bindings) {
      const fields = binding.rule.verb === verb ? binding.pattern(path) : undefined;
      if (fields !== undefined) return transcoded(binding, fields);
    }
    return undefined;
  }
}

interface Binding {
  readonly method: RestMethod;
  readonly rule: HttpRule;
  readonly pattern: PathPattern;
}

function hasVerb({ path }: HttpRule): boolean {
  return /:\w+$/.test(path);
}

function transcoded({ method, rule }: Binding, fields: PathFields): Transcoded {
  return {
    method: method.name,
    encodeRequest(query, body) {
      const json: Record<string, unknown> = rule.body === '*' ? { ...body } : {};
      if (rule.body !== undefined && rule.body !== '*') json[rule.body] = body;
      for (const name of new Set(query.keys())) {
        if (systemParameters.has(name) || name.startsWith('$')) continue;
        const values = query.getAll(name);
        put(json, name, isRepeated(method.request, name) ? values : values.at(-1));
      }
      for (const [name, value] of fields) put(json, name, value);
      return encodeJson(method.request, json);
    },
    decodeResponse: (bytes) => decodeJson(method.response, bytes),
  };
}

/** Parameters that every API of Google takes; none changes what the local cloud answers. */
const systemParameters = new Set([
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
]);

/** Sets the field with the dotted name. */
function put(json: Record<string, unknown>, name: string, value: unknown): void {
  const [first = '', ...rest] = name.split('.');
  if (rest.length === 0) {
    json[first] = value;
    return;
  }
  const inner: Record<string, unknown> = { ...(typeof json[first] === 'object' ? json[first] : {}) };
  put(inner, rest.join('.'), value);
  json[first] = inner;
}

function isRepeated(type: protobuf.Type, name: string): boolean {
  const [first = '', ...rest] = name.split('.');
  const field = fieldOf(type, first);
  if (field === undefined) return false;
  if (rest.length === 0) return field.repeated;
  const inner = field.resolve().resolvedType;
  return inner !== null && 'fields' in inner ? isRepeated(inner, rest.join('.')) : false;
}

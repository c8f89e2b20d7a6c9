import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import type { HttpRule } from '../../rest/http-rule.ts';
import { isObject } from '../../rest/json-body.ts';
import type { JsonObject } from '../../rest/json-body.ts';
import type { RestMethod } from '../../rest/transcoder.ts';
import { rpcRoot } from '../rpc-messages.ts';

const services = ['Publisher', 'Subscriber', 'SchemaService'];
const withPolicies = ['topics', 'subscriptions', 'snapshots', 'schemas'];
const verbs = [
  ['get', 'GET'],
  ['put', 'PUT'],
  ['post', 'POST'],
  ['patch', 'PATCH'],
  ['delete', 'DELETE'],
] as const;

/** What Google's own descriptors, which the client brings, say of the methods with a REST mapping. Takes some 50 ms. */
export function restMethods(): RestMethod[] {
  const json: unknown = createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a descriptor as protobufjs wrote it
  const root = protobuf.Root.fromJSON(json as protobuf.INamespace);
  const methods = services
    .flatMap((service) => root.lookupService(`google.pubsub.v1.${service}`).methodsArray)
    .map((method) => ({
      name: method.name,
      rules: rulesOf(method),
      request: root.lookupType(`google.pubsub.v1.${method.requestType}`),
      response: method.parent?.lookupType(method.responseType) ?? root.lookupType(method.responseType),
    }));
  return [...methods, ...policyMethods()];
}

function rulesOf(method: protobuf.Method): HttpRule[] {
  const options: unknown = method.parsedOptions;
  if (!Array.isArray(options)) return [];
  return options.flatMap((option: unknown) => {
    const annotation = isObject(option) ? option['(google.api.http)'] : undefined;
    return isObject(annotation) ? rulesIn(annotation) : [];
  });
}

function rulesIn(annotation: JsonObject): HttpRule[] {
  const { body } = annotation;
  return verbs.flatMap(([name, verb]) => {
    const path = annotation[name];
    return typeof path === 'string' ? [{ verb, path, ...(typeof body === 'string' ? { body } : {}) }] : [];
  });
}

/** IAM's methods are mixed into every API under the names of its own resources. */
function policyMethods(): RestMethod[] {
  return [
    policyMethod('GetIamPolicy', { verb: 'GET' }, 'Policy'),
    policyMethod('SetIamPolicy', { verb: 'POST', body: '*' }, 'Policy'),
    policyMethod('TestIamPermissions', { verb: 'POST', body: '*' }, 'TestIamPermissionsResponse'),
  ];
}

function policyMethod(name: string, rule: Omit<HttpRule, 'path'>, response: string): RestMethod {
  return {
    name,
    rules: withPolicies.map((collection) => ({
      ...rule,
      path: `/v1/{resource=projects/*/${collection}/*}:${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    })),
    request: rpcRoot.lookupType(`${name}Request`),
    response: rpcRoot.lookupType(response),
  };
}

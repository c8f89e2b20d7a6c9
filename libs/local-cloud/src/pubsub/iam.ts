import { encodeRecord } from './records.ts';
import { rpc } from './rpc-messages.ts';
import type {
  GetIamPolicyRequest,
  Policy,
  SetIamPolicyRequest,
  TestIamPermissionsRequest,
} from './rpc-messages.ts';
import type { PubSubState } from './state.ts';
import { notFound, StatusError } from './status.ts';
import { status } from '@grpc/grpc-js';

/** Policies are kept and shown; whoever reaches the local cloud may do everything. */
export function setIamPolicy(state: PubSubState, { resource, policy }: SetIamPolicyRequest): Policy {
  const name = checkResource(state, resource);
  const before = getIamPolicy(state, { resource: name });
  const expected = Buffer.from(policy?.etag ?? []);
  if (expected.length > 0 && !expected.equals(Buffer.from(before.etag ?? []))) {
    throw new StatusError(status.ABORTED, 'There were concurrent policy changes. Please retry.');
  }
  const etag = Buffer.from((state.nextLease++).toString(36));
  const after: Policy = { version: policy?.version ?? 0, bindings: policy?.bindings ?? [], etag };
  state.policies.set(name, after);
  state.output.records.push(
    encodeRecord({ type: 'policy', name, policy: rpc.Policy.encode(after).finish() }),
  );
  return after;
}

export function getIamPolicy(state: PubSubState, { resource }: GetIamPolicyRequest): Policy {
  const name = checkResource(state, resource);
  return state.policies.get(name) ?? { version: 0, bindings: [], etag: Buffer.from([0, 1]) };
}

/** All that was asked for. */
export function testIamPermissions(
  state: PubSubState,
  { resource, permissions }: TestIamPermissionsRequest,
): { permissions: readonly string[] } {
  checkResource(state, resource);
  return { permissions: permissions ?? [] };
}

function checkResource(state: PubSubState, resource = ''): string {
  const places = [state.topics, state.subscriptions, state.snapshots, state.schemas];
  if (!places.some((place) => place.has(resource))) throw notFound(resource);
  return resource;
}

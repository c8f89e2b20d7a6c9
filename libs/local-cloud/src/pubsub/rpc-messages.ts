import protobuf from 'protobufjs';

/** Messages of Google's common services that the Pub/Sub client's own protos lack. */
export const { root: rpcRoot } = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }

  message Expr { string expression = 1; string title = 2; string description = 3; string location = 4; }
  message Binding { string role = 1; repeated string members = 2; Expr condition = 3; }
  message Policy { int32 version = 1; bytes etag = 3; repeated Binding bindings = 4; }
  message SetIamPolicyRequest { string resource = 1; Policy policy = 2; }
  message GetPolicyOptions { int32 requested_policy_version = 1; }
  message GetIamPolicyRequest { string resource = 1; GetPolicyOptions options = 2; }
  message TestIamPermissionsRequest { string resource = 1; repeated string permissions = 2; }
  message TestIamPermissionsResponse { repeated string permissions = 1; }
`);

export interface PolicyBinding {
  readonly role: string;
  readonly members: readonly string[];
}

export interface Policy {
  readonly version?: number;
  readonly etag?: Uint8Array;
  readonly bindings?: readonly PolicyBinding[];
}

export interface SetIamPolicyRequest {
  readonly resource?: string;
  readonly policy?: Policy | null;
}

export interface GetIamPolicyRequest {
  readonly resource?: string;
}

export interface TestIamPermissionsRequest {
  readonly resource?: string;
  readonly permissions?: readonly string[];
}

export const rpc = {
  Policy: codec<Policy>('Policy'),
  SetIamPolicyRequest: codec<SetIamPolicyRequest>('SetIamPolicyRequest'),
  GetIamPolicyRequest: codec<GetIamPolicyRequest>('GetIamPolicyRequest'),
  TestIamPermissionsRequest: codec<TestIamPermissionsRequest>('TestIamPermissionsRequest'),
  TestIamPermissionsResponse: codec<{ readonly permissions: readonly string[] }>(
    'TestIamPermissionsResponse',
  ),
};

/** The encoded google.rpc.Status that tells a client the reason of a refusal item by item. */
export function encodeErrorInfo(
  code: number,
  message: string,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const value = codec<object>('ErrorInfo').encode(errorInfo(metadata)).finish();
  const details = [{ type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value }];
  return Buffer.from(codec<object>('Status').encode({ code, message, details }).finish());
}

export function errorInfo(metadata: Readonly<Record<string, string>>): object {
  return { reason: 'INVALID_ACK_ID', domain: 'pubsub.googleapis.com', metadata };
}

interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(message: object): { finish(): Uint8Array };
}

function codec<T>(name: string): Codec<T> {
  const type = rpcRoot.lookupType(name);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- T restates the definition above
    decode: (bytes) => type.toObject(type.decode(bytes), { defaults: true }) as T,
    encode: (message) => type.encode(type.fromObject(message)),
  };
}

import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { checkName, pageOfNames } from '../names.ts';
import { encodeRecord } from '../records.ts';
import type { PubSubState } from '../state.ts';
import { alreadyExists, failedPrecondition, invalid, notFound } from '../status.ts';
import { toTimestamp, v1 } from '../wire.ts';
import { compileSchema } from './schema-check.ts';
import { Schema } from './schema.ts';

type SchemaConfig = google.pubsub.v1.ISchema;

const maxRevisions = 20;

export function createSchema(
  state: PubSubState,
  { parent, schemaId, schema }: google.pubsub.v1.ICreateSchemaRequest,
): SchemaConfig {
  const name = checkName(`${parent ?? ''}/schemas/${schemaId ?? ''}`, 'schemas');
  compileSchema(schema?.type, schema?.definition ?? '');
  if (state.schemas.has(name)) throw alreadyExists(name);
  return addRevision(state, { name, type: schema?.type ?? null, definition: schema?.definition ?? null });
}

/** With its definition, unless the view is BASIC. */
export function getSchema(state: PubSubState, request: google.pubsub.v1.IGetSchemaRequest): SchemaConfig {
  const { revision } = findRevision(state, request.name);
  return isBasic(request.view) ? withoutDefinition(revision) : revision;
}

/** Newest revisions, without definitions unless the view is FULL. */
export function listSchemas(
  state: PubSubState,
  request: google.pubsub.v1.IListSchemasRequest,
): google.pubsub.v1.IListSchemasResponse {
  const { page, nextPageToken } = pageOfNames(state.schemas.keys(), `${request.parent ?? ''}/`, request);
  const schemas = page.map((name) => viewed(findSchema(state, name).latest, request.view));
  return { schemas, nextPageToken };
}

/** Newest first. */
export function listSchemaRevisions(
  state: PubSubState,
  request: google.pubsub.v1.IListSchemaRevisionsRequest,
): google.pubsub.v1.IListSchemaRevisionsResponse {
  const revisions = findSchema(state, request.name).revisions.toReversed();
  const from = Number(request.pageToken || 0);
  const to = from + (request.pageSize || revisions.length);
  const schemas = revisions.slice(from, to).map((revision) => viewed(revision, request.view));
  return { schemas, nextPageToken: to < revisions.length ? String(to) : '' };
}

export function commitSchema(
  state: PubSubState,
  { name, schema }: google.pubsub.v1.ICommitSchemaRequest,
): SchemaConfig {
  const { latest } = findSchema(state, name);
  if (schema?.type !== latest.type) throw invalid('The type of a schema cannot change.');
  compileSchema(schema?.type, schema?.definition ?? '');
  return addRevision(state, { ...latest, definition: schema?.definition ?? null });
}

/** An old revision becomes a new one. */
export function rollbackSchema(
  state: PubSubState,
  { name, revisionId }: google.pubsub.v1.IRollbackSchemaRequest,
): SchemaConfig {
  return addRevision(state, findRevision(state, `${name ?? ''}@${revisionId ?? ''}`).revision);
}

export function deleteSchemaRevision(
  state: PubSubState,
  request: google.pubsub.v1.IDeleteSchemaRevisionRequest,
): SchemaConfig {
  const [, revisionId] = (request.name ?? '').split('@');
  if (!revisionId) throw invalid('The name of the schema must end in @ and the id of a revision.');
  const { schema, revision } = findRevision(state, request.name);
  if (schema.revisions.length === 1)
    throw failedPrecondition('The only revision of a schema cannot be deleted.');
  schema.revisions.splice(schema.revisions.indexOf(revision), 1);
  state.output.records.push(encodeRecord({ type: 'schemaRevisionDeleted', name: request.name ?? '' }));
  return schema.latest;
}

export function deleteSchema(state: PubSubState, request: google.pubsub.v1.IDeleteSchemaRequest): object {
  const { name } = findSchema(state, request.name).latest;
  state.schemas.delete(name ?? '');
  state.policies.delete(name ?? '');
  state.output.records.push(encodeRecord({ type: 'schemaDeleted', name: name ?? '' }));
  return {};
}

export function validateSchema(_: PubSubState, { schema }: google.pubsub.v1.IValidateSchemaRequest): object {
  compileSchema(schema?.type, schema?.definition ?? '');
  return {};
}

export function validateMessage(
  state: PubSubState,
  request: google.pubsub.v1.IValidateMessageRequest,
): object {
  const { name, schema, message, encoding } = request;
  const check = schema ? compileSchema(schema.type, schema.definition ?? '') : checkOf(state, name);
  if (!check(toBytes(message), Number(encoding ?? 0))) throw invalid('Message failed schema validation.');
  return {};
}

/** `name` may end in `@` and a revision's id. */
export function findRevision(
  state: PubSubState,
  name: string | null | undefined,
): { schema: Schema; revision: SchemaConfig } {
  const [schemaName, revisionId] = (name ?? '').split('@');
  const schema = findSchema(state, schemaName);
  const revision = schema.find(revisionId);
  if (revision === undefined) throw notFound(name ?? '');
  return { schema, revision };
}

function findSchema(state: PubSubState, name: string | null | undefined): Schema {
  const schema = state.schemas.get(name ?? '');
  if (schema === undefined) throw notFound(name ?? '');
  return schema;
}

function checkOf(state: PubSubState, name: string | null | undefined): ReturnType<typeof compileSchema> {
  const { schema, revision } = findRevision(state, name);
  return schema.check(revision);
}

function addRevision(state: PubSubState, config: SchemaConfig): SchemaConfig {
  const name = config.name ?? '';
  const schema = state.schemas.get(name) ?? new Schema();
  if (schema.revisions.length >= maxRevisions) {
    throw failedPrecondition(`A schema has at most ${maxRevisions} revisions.`);
  }
  const revisionId = (state.nextLease++ % 2 ** 32).toString(16).padStart(8, '0');
  const revision = { ...config, revisionId, revisionCreateTime: toTimestamp(state.now) };
  schema.revisions.push(revision);
  state.schemas.set(name, schema);
  state.output.records.push(encodeRecord({ type: 'schema', config: revision }));
  return revision;
}

type View = google.pubsub.v1.IListSchemasRequest['view'];

function viewed(schema: SchemaConfig, view: View): SchemaConfig {
  return view === v1.SchemaView.FULL || view === 'FULL' ? schema : withoutDefinition(schema);
}

function isBasic(view: View): boolean {
  return view === v1.SchemaView.BASIC || view === 'BASIC';
}

function withoutDefinition(schema: SchemaConfig): SchemaConfig {
  return { ...schema, definition: '' };
}

function toBytes(message: Uint8Array | string | null | undefined): Uint8Array {
  return typeof message === 'string' ? Buffer.from(message, 'base64') : (message ?? new Uint8Array());
}

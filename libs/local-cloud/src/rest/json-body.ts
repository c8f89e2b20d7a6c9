import type { IncomingMessage } from 'node:http';

export type JsonObject = Readonly<Record<string, unknown>>;

export class BodyError extends Error {
  override readonly name = 'BodyError';
}

const maxBodyBytes = 32 * 1024 * 1024;

/** The JSON object in a request's body; an empty body is an empty one. @throws BodyError for anything else. */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > maxBodyBytes) throw new BodyError('The request is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return {};
  const body = parse(Buffer.concat(chunks).toString('utf8'));
  if (!isObject(body)) throw new BodyError('The body must be a JSON object.');
  return body;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BodyError(`Invalid JSON payload received. ${reason}`);
  }
}

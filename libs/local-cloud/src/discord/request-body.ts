import type { HttpRequest } from '../ops/json-server.ts';
import { attachmentLimits, readUpload } from './attachment.ts';
import type { UploadedFile } from './attachment.ts';

/** What a request carries: decoded JSON, and files in the order of the form. */
export interface RequestBody {
  readonly json: unknown;
  readonly files: readonly UploadedFile[];
}

/** A body that Discord refuses before it looks for a message in it. */
export class RequestBodyError extends Error {
  override readonly name = 'RequestBodyError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** JSON, or a form with `payload_json` (or its fields) and `files[n]`. @throws RequestBodyError */
export async function readRequestBody({ contentType, bytes, body }: HttpRequest): Promise<RequestBody> {
  if (/^application\/json\b/i.test(contentType)) return { json: parse(body), files: [] };
  if (/^multipart\/form-data\b/i.test(contentType)) return readForm(contentType, bytes);
  throw new RequestBodyError(
    400,
    50035,
    'Expected "Content-Type" header to be application/json or multipart/form-data.',
  );
}

async function readForm(contentType: string, bytes: Uint8Array<ArrayBuffer>): Promise<RequestBody> {
  const form = await new Response(bytes, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined);
  if (form === undefined)
    throw new RequestBodyError(400, 50109, 'The request body contains an invalid form.');
  const files: UploadedFile[] = [];
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else files.push(await readUpload(/^files?\[(\d+)\]$/.exec(name)?.[1] ?? name, value));
  }
  if (files.length > attachmentLimits.files)
    throw new RequestBodyError(
      400,
      30015,
      `Maximum number of attachments in a message reached (${attachmentLimits.files})`,
    );
  if (files.some(({ size }) => size > attachmentLimits.bytes))
    throw new RequestBodyError(413, 40005, 'Request entity too large');
  const { payload_json: payload, ...rest } = fields;
  return { json: typeof payload === 'string' ? parse(payload) : rest, files };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestBodyError(400, 50109, 'The request body contains invalid JSON.');
  }
}

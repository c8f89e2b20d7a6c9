import { createHmac } from 'node:crypto';
import * as z from 'zod';

const prefix = 'whsec_';
const bytes = { least: 24, most: 64 } as const;

/** `whsec_` and 24 to 64 bytes in base64. */
export const SigningSecret = z
  .string()
  .refine(isSecret, `must be ${prefix} followed by ${bytes.least} to ${bytes.most} bytes in base64`);

export interface Signed {
  readonly id: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/** `v1,` and the signature in base64, as Standard Webhooks has it. */
export function signatureOf(secret: string, { id, timestamp, body }: Signed): string {
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${signature}`;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64');
}

function isSecret(text: string): boolean {
  const { length } = keyOf(text);
  const isBase64 = /^whsec_(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text);
  return isBase64 && length >= bytes.least && length <= bytes.most;
}

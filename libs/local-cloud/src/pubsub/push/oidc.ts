import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const lifetimeSeconds = 3600;
const keyId = 'local-cloud';

/**
 * Makes the bearer tokens of push requests: JWTs with the claims of Google's, signed with a key of this process, so
 * that no verifier outside takes them for Google's.
 */
export class TokenMaker {
  #key: KeyObject | undefined;

  /** `nowSeconds` since the epoch. */
  token(email: string, audience: string, nowSeconds: number): string {
    this.#key ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const claims = {
      aud: audience,
      azp: email,
      email,
      email_verified: true,
      iat: nowSeconds,
      exp: nowSeconds + lifetimeSeconds,
      iss: 'https://accounts.google.com',
      sub: email,
    };
    const signed = `${encode({ alg: 'RS256', kid: keyId, typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.#key, 'base64url')}`;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

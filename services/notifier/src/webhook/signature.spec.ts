import { describe, expect, it } from '@jest/globals';
import { SigningSecret, signatureOf } from './signature.ts';

describe('the signature of a webhook', () => {
  it('is the one of the example of Standard Webhooks', () => {
    const body = '{"test": 2432232314}';
    expect(
      signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestamp: 1_614_265_330,
        body,
      }),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is another for another secret, id, time or body', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
    const all = secrets.flatMap((secret) =>
      ['a', 'b'].flatMap((id) =>
        [1, 2].flatMap((timestamp) => ['x', 'y'].map((body) => signatureOf(secret, { id, timestamp, body }))),
      ),
    );
    expect(new Set(all).size).toBe(16);
  });
});

const ofBytes = (count: number) => `whsec_${Buffer.alloc(count, 7).toString('base64')}`;

describe('the secret of a webhook', () => {
  it.each([ofBytes(24), ofBytes(32), ofBytes(64)])('may be %s', (secret) => {
    expect(SigningSecret.safeParse(secret).success).toBe(true);
  });

  it.each([
    '',
    'whsec_',
    'secret',
    ofBytes(23),
    ofBytes(65),
    ofBytes(24).replace('whsec_', ''),
    `${ofBytes(24)}!`,
  ])('may not be "%s"', (secret) => {
    const { error } = SigningSecret.safeParse(secret);
    expect(error?.issues[0]?.message).toBe('must be whsec_ followed by 24 to 64 bytes in base64');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refusalOfHost, refusalOfUrl } from './channel-url.ts';

describe('the URL of a channel', () => {
  it.each([
    'https://example.com/alerts',
    'https://hooks.slack.com/services/T0/B0/x',
    'https://EXAMPLE.com:8443/a?b=c#d',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://93.184.216.34/',
    'https://[2a00:1450:4001:80b::200e]/',
    'https://example.com./',
  ])('may be %s', (url) => {
    expect(refusalOfUrl(url, 'none')).toBeUndefined();
  });

  it.each([
    ['', 'must be a URL'],
    ['example.com', 'must be a URL'],
    ['//example.com', 'must be a URL'],
    ['http://example.com', 'must begin with https://'],
    ['ftp://example.com', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['javascript:alert(1)', 'must begin with https://'],
    ['https://user@example.com', 'no user'],
    ['https://user:word@example.com', 'no user'],
    ['https://example.com@127.0.0.1/', 'no user'],
    ['https://localhost/', 'must name a host of the public internet'],
    ['https://LOCALHOST./', 'must name a host of the public internet'],
    ['https://a.localhost/', 'must name a host of the public internet'],
    ['https://metadata.google.internal/computeMetadata', 'must name a host of the public internet'],
    ['https://printer.local', 'must name a host of the public internet'],
    ['https://router.home.arpa', 'must name a host of the public internet'],
    ['https://intranet/', 'must name a host of the public internet'],
    ['https://example.com../', 'must name a host of the public internet'],
    ['https://127.0.0.1/', 'must be an address of the public internet'],
    ['https://127.1/', 'must be an address of the public internet'],
    ['https://2130706433/', 'must be an address of the public internet'],
    ['https://0x7f.0.0.1/', 'must be an address of the public internet'],
    ['https://0177.0.0.1/', 'must be an address of the public internet'],
    ['https://127.0.0.1./', 'must be an address of the public internet'],
    ['https://①②⑦.⓪.⓪.①/', 'must be an address of the public internet'],
    ['https://10.1.2.3/', 'must be an address of the public internet'],
    ['https://169.254.169.254/latest/meta-data', 'must be an address of the public internet'],
    ['https://0/', 'must be an address of the public internet'],
    ['https://[::1]/', 'must be an address of the public internet'],
    ['https://[::]/', 'must be an address of the public internet'],
    ['https://[::ffff:127.0.0.1]/', 'must be an address of the public internet'],
    ['https://[::ffff:8.8.8.8]/', 'must be an address of the public internet'],
    ['https://[fd00:ec2::254]/', 'must be an address of the public internet'],
    ['https://[fe80::1]/', 'must be an address of the public internet'],
    ['https://[64:ff9b::7f00:1]/', 'must be an address of the public internet'],
    ['https://[2002:7f00:1::]/', 'must be an address of the public internet'],
    [`https://example.com/${'a'.repeat(2_048)}`, 'must be at most 2048 characters'],
  ])('may not be %s', (url, reason) => {
    expect(refusalOfUrl(url, 'none')).toContain(reason);
  });

  it('may be one of this machine, also without TLS, where that is allowed', () => {
    for (const url of ['http://127.0.0.1:8080/a', 'https://127.0.0.1/', 'http://[::1]:1/'])
      expect(refusalOfUrl(url, 'loopback')).toBeUndefined();
    for (const url of ['http://10.0.0.1/', 'http://example.com/', 'http://8.8.8.8/', 'http://localhost:80/'])
      expect(refusalOfUrl(url, 'loopback')).toBeDefined();
  });

  it('is never one of a private network, however its address is written', () => {
    const spelled = fc
      .tuple(fc.integer({ min: 0, max: 0xff_ff_ff }), fc.constantFrom('10', '8', '16'))
      .map(([low, base]) => {
        const value = 0x0a_00_00_00 + low;
        if (base === '10') return String(value);
        return base === '8' ? `0${value.toString(8)}` : `0x${value.toString(16)}`;
      });
    fc.assert(
      fc.property(spelled, fc.constantFrom('', ':443', '/x', '?a@b', '.'), (host, rest) => {
        expect(refusalOfUrl(`https://${host}${rest}`, 'none')).toBe(
          'must be an address of the public internet',
        );
      }),
    );
  });
});

describe('the host of a channel', () => {
  it.each(['smtp.example.com', '93.184.216.34', '2a00:1450:4001:80b::200e', 'a_b.example.com'])(
    'may be %s',
    (host) => {
      expect(refusalOfHost(host, 'none')).toBeUndefined();
    },
  );

  it.each([
    '',
    'localhost',
    'smtp',
    '127.0.0.1',
    '::1',
    'a b.example.com',
    'example.com/x',
    '[2a00::1]',
    '1.2.3',
  ])('may not be "%s"', (host) => {
    expect(refusalOfHost(host, 'none')).toMatch(/^must (name|be)/);
  });
});

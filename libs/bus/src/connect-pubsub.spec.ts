import { afterEach, describe, expect, it } from '@jest/globals';
import { connectPubSub } from './connect-pubsub.ts';

describe('connectPubSub', () => {
  afterEach(() => {
    delete process.env['PUBSUB_EMULATOR_HOST'];
  });

  it('talks to the local server that the environment names', () => {
    const pubsub = connectPubSub({ PUBSUB_EMULATOR_HOST: '127.0.0.1:8085', GOOGLE_CLOUD_PROJECT: 'acme' });
    expect(pubsub).toMatchObject({ isEmulator: true, projectId: 'acme' });
    expect(pubsub.options).toMatchObject({ servicePath: '127.0.0.1', port: 8085 });
  });

  it("talks to Google otherwise, whatever the process's own environment says", () => {
    process.env['PUBSUB_EMULATOR_HOST'] = '127.0.0.1:8085';
    const pubsub = connectPubSub({ GOOGLE_CLOUD_PROJECT: 'acme' });
    expect(pubsub.isEmulator).toBe(false);
    expect(pubsub.options).toMatchObject({ servicePath: 'pubsub.googleapis.com', port: 443 });
  });
});

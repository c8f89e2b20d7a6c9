import { describe, expect, it } from '@jest/globals';
import { InputError } from '../input-error.ts';
import { cloudNamedBy } from './cloud-named-by.ts';

const local = {
  FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080',
  PUBSUB_EMULATOR_HOST: '127.0.0.1:8085',
  GOOGLE_CLOUD_PROJECT: 'bellwether',
};

describe('the cloud that an environment names', () => {
  it('is local where its hosts are', () => {
    expect(cloudNamedBy(local, ['FIRESTORE_EMULATOR_HOST'])).toEqual({ kind: 'local' });
  });

  it("is Google's where only a project is named", () => {
    const environment = { GOOGLE_CLOUD_PROJECT: 'acme-prod', FIRESTORE_EMULATOR_HOST: '' };
    expect(cloudNamedBy(environment, ['FIRESTORE_EMULATOR_HOST'])).toEqual({
      kind: 'google',
      project: 'acme-prod',
    });
  });

  it('is none where nothing is named', () => {
    expect(cloudNamedBy({}, ['FIRESTORE_EMULATOR_HOST'])).toEqual({ kind: 'none' });
  });

  it('is never half of each: what is missing would be asked of Google', () => {
    const needs = ['BIGQUERY_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'] as const;
    expect(() => cloudNamedBy(local, needs)).toThrow(
      new InputError(
        'BIGQUERY_EMULATOR_HOST: not set, while PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST names a local cloud: ' +
          'set what "bellwether cloud" prints, or none for Google Cloud',
      ),
    );
  });
});

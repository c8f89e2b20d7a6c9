// BigQuery's client, pointed at an emulator, uploads files by a request without headers, on which its HTTP library
// teeny-request throws where nobody hears it: the upload never ends. Loaded before a suite, this gives every request headers.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * @typedef {(given: { headers?: object }, callback: unknown) => unknown} Request
 * @typedef {{ teenyRequest: { defaults: (options: object) => Request } }} Library
 */

const library = libraryOfClient();
if (library !== undefined) {
  const { teenyRequest } = library;
  const defaults = teenyRequest.defaults.bind(teenyRequest);
  teenyRequest.defaults = (options) => {
    const request = defaults(options);
    return (given, callback) => request({ ...given, headers: { ...given.headers } }, callback);
  };
}

/**
 * What the suite's client uses; undefined where that is another client.
 * @returns {Library | undefined}
 */
function libraryOfClient() {
  const suite = createRequire(join(process.cwd(), 'package.json'));
  try {
    const client = createRequire(suite.resolve('@google-cloud/common'));
    /** @type {unknown} */
    const found = client('teeny-request');
    return isLibrary(found) ? found : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** @type {(found: unknown) => found is Library} */
function isLibrary(found) {
  return typeof found === 'object' && found !== null && 'teenyRequest' in found;
}

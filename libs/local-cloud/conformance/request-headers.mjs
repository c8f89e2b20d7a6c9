// BigQuery's client, pointed at an emulator, uploads files by a request without headers, on which its HTTP library
// teeny-request throws where nobody hears it: the upload never ends. Loaded before a suite, this gives every request headers.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const library = libraryOfClient();
if (library !== undefined) {
  const { teenyRequest } = library;
  const { defaults } = teenyRequest;
  teenyRequest.defaults = (options) => {
    const request = defaults(options);
    return (given, callback) => request({ ...given, headers: { ...given.headers } }, callback);
  };
}

function libraryOfClient() {
  const fromSuite = createRequire(join(process.cwd(), 'package.json'));
  try {
    return createRequire(fromSuite.resolve('@google-cloud/common'))('teeny-request');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return undefined;
  }
}

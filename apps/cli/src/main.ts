import 'reflect-metadata';
import { isGoogles } from './stored/cloud-named-by.ts';
import { endWithOutput } from './closed-output.ts';
import { fail } from './fail.ts';
import { bellwether } from './program.ts';

// Google's clients look for a metadata server where the cloud is Google's, and nowhere else.
if (!isGoogles(process.env)) process.env['METADATA_SERVER_DETECTION'] ??= 'none';
endWithOutput(process.stdout);
process.stderr.on('error', () => undefined); // what is said where nobody listens ends nothing
// Google's clients tell nobody else that there are no credentials; whatever else is lost is a fault, with its stack.
process.on('unhandledRejection', (error) => {
  if (error instanceof Error && error.message.startsWith('Could not load the default credentials'))
    fail(error);
  throw error;
});
try {
  await bellwether().parseAsync();
} catch (error) {
  fail(error);
}

import { fail } from './fail.ts';

/** As a signal to a process that writes where nobody reads any more would end it. */
const brokenPipe = 141;

/** Ends the process when what it prints goes nowhere; a reader that has seen enough, such as `head`, is told nothing. */
export function endWithOutput(output: NodeJS.WriteStream): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(brokenPipe);
    fail(new Error('standard output cannot be written', { cause: error }));
  });
}

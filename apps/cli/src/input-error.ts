/** The user's input is wrong: the message says which, why, and what to do. Exit code 2, nothing was started. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** A tape that cannot be read: the message names the file, the line, the column and the reason. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
}

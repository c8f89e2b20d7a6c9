const omission = '…';

/**
 * Pieces joined to at most `limit` UTF-16 units. It cuts between pieces, so never inside an escaped character, and says that
 * it cut.
 */
export function cutTo(pieces: readonly string[], limit: number): string {
  const whole = pieces.join('');
  if (whole.length <= limit) return whole;
  let kept = '';
  for (const piece of pieces) {
    if (kept.length + piece.length + omission.length > limit) break;
    kept += piece;
  }
  return `${kept}${omission}`;
}

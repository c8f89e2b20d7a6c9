const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const slots = 1_024;
const longest = 32;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** UTF-8 to texts. Short ones that come again and again, such as names of symbols, are decoded once. */
export class TextTable {
  readonly #known: (Known | undefined)[] = Array.from({ length: slots }, () => undefined);

  /** The text of the bytes from `start` until `end`. @throws TypeError where they are no UTF-8. */
  decode(bytes: Uint8Array, start: number, end: number): string {
    if (end - start > longest) return decoder.decode(bytes.subarray(start, end));
    const slot = slotOf(bytes, start, end);
    const known = this.#known[slot];
    if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known.text;
    // A copy, which the slice of a Buffer would not be.
    const own = Uint8Array.from(bytes.subarray(start, end));
    const text = decoder.decode(own);
    this.#known[slot] = { bytes: own, text };
    return text;
  }
}

/** FNV-1a, folded. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[start + at]) return false;
  return true;
}

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a over the UTF-16 units of a key, 32 bits: it is written, and never changes. */
export function hashOfKey(key: string): number {
  let hash = offsetBasis;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), prime);
  return hash >>> 0;
}

/** The same of a key that lies among bytes, in ASCII; `undefined` where it is not. */
export function hashOfAscii(bytes: Uint8Array, start: number, end: number): number | undefined {
  let hash = offsetBasis;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return undefined;
    hash = Math.imul(hash ^ byte, prime);
  }
  return hash >>> 0;
}

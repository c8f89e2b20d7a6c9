/** Orders strings by their UTF-8 bytes. The first `from` units are known to be equal. */
export function compareUtf8(a: string, b: string, from = 0): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = from; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) {
      // Surrogates encode code points above every other code unit.
      const leftSurrogate = (left & 0xf800) === 0xd800;
      const rightSurrogate = (right & 0xf800) === 0xd800;
      if (leftSurrogate !== rightSurrogate) return leftSurrogate ? 1 : -1;
      return left < right ? -1 : 1;
    }
  }
  return a.length < b.length ? -1 : 1;
}

const pattern = /^\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*$/i;

/** A point in well-known text as BigQuery writes it, or undefined: other shapes are not served. */
export function parsePoint(text: string): string | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [longitude, latitude] = [Number(match[1]), Number(match[2])];
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return undefined;
  return `POINT(${longitude} ${latitude})`;
}

import * as z from 'zod';

/** To compile a schema takes milliseconds, and most processes read few of them often. */
const readsBefore = 8;

/** A schema to read with: compiled by zod once it was asked for some times. What it takes, makes and says stays the same. */
export function compiledLater<Schema extends z.ZodType>(schema: Schema): () => Schema {
  let reads = 0;
  let current = schema;
  return () => {
    reads += 1;
    if (reads === readsBefore) current = z.compile(schema);
    return current;
  };
}

/** A strict object that is compiled in the same way. */
export function compiledObject<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const schema = z.strictObject(shape);
  const latest = compiledLater(schema);
  return z.withParser(schema, (input) => {
    const current = latest();
    if (current === schema) return z.INVALID;
    const parsed = current.safeParse(input);
    return parsed.success ? parsed.data : z.INVALID;
  });
}

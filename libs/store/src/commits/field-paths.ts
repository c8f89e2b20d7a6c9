/**
 * The path of every leaf of `fields`, as Firestore writes them in a mask: what a merge replaces. Arrays and empty maps
 * are leaves.
 */
export function leafPaths(fields: object, within = ''): string[] {
  return Object.entries(fields).flatMap(([name, content]: [string, unknown]) => {
    const path = within + quoted(name);
    return isMap(content) && Object.keys(content).length > 0 ? leafPaths(content, `${path}.`) : [path];
  });
}

function isMap(content: unknown): content is object {
  if (typeof content !== 'object' || content === null) return false;
  const prototype: unknown = Object.getPrototypeOf(content);
  return prototype === Object.prototype || prototype === null;
}

function quoted(name: string): string {
  if (/^[a-zA-Z_][a-zA-Z_0-9]*$/.test(name)) return name;
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

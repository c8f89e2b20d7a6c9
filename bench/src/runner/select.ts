/**
 * The names that the selectors choose, in the order of the catalogue: a selector is a name or the beginning of
 * one. Without any, all of them. Throws when a selector chooses nothing.
 */
export function select(names: readonly string[], selectors: readonly string[]): readonly string[] {
  const lost = selectors.find((selector) => !names.some((name) => name.startsWith(selector)));
  if (lost !== undefined) throw new Error(`no benchmark is named ${lost}; --list shows them`);
  if (selectors.length === 0) return names;
  return names.filter((name) => selectors.some((selector) => name.startsWith(selector)));
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * The first key that an object of well-formed JSON holds twice: reading it, all but the last would be lost without a
 * word.
 */
export function repeatedKey(json: string): { readonly key: string; readonly line: number } | undefined {
  /** The keys of each object that is open; of a list, none. */
  const open: Set<string>[] = [];
  let last = '';
  for (const { 0: text, index } of json.matchAll(token)) {
    if (text === '{' || text === '[') open.push(new Set());
    else if (text === '}' || text === ']') open.pop();
    else if (text === ':') {
      const key = String(JSON.parse(last));
      const keys = open.at(-1);
      if (keys?.has(key) === true) return { key, line: json.slice(0, index).split('\n').length };
      keys?.add(key);
    } else last = text;
  }
  return undefined;
}

/** A method's `google.api.http` annotation, or one of its additional bindings. */
export interface HttpRule {
  readonly verb: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** For example `/v1/{project=projects/*}/topics`. */
  readonly path: string;
  /** The request's field that the body is; `*` is the request itself. Without it the rest is in the query. */
  readonly body?: string;
}

/** The fields of the request that stand in the path, by their dotted names. */
export type PathFields = ReadonlyMap<string, string>;

/** Finds the fields in a URL's path; undefined when the path is another method's. */
export type PathPattern = (path: string) => PathFields | undefined;

/** Reads a path template of an annotation. */
export function pathPattern(template: string): PathPattern {
  const names: string[] = [];
  const source = template.replaceAll(
    /\{([\w.]+)(?:=([^}]+))?\}|[.:]/g,
    (found, name?: string, inner = '*') => {
      if (name === undefined) return `\\${found}`;
      names.push(name);
      return `(${inner.replaceAll('**', '.+').replaceAll(/(?<!\.)\*/g, '[^/]+')})`;
    },
  );
  const expression = new RegExp(`^${source}$`);
  return (path) => {
    const found = expression.exec(path);
    if (found === null) return undefined;
    return new Map(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
  };
}

import { nameOf, reasonOf } from '@bellwether/contracts';
import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

const maxLines = 10;
const longestId = 64;

/** What is wrong in a file, a line each, at most ten: the entry with its own name, the field and the reason. */
export function explainIssues(json: unknown, { issues }: z.ZodError): readonly string[] {
  return issues
    .flatMap((issue) => unfold(json, issue))
    .slice(0, maxLines)
    .map((issue) => `  ${where(json, issue.path)}: ${why(json, issue)}`);
}

function why(json: unknown, issue: Issue): string {
  if (issue.code === 'invalid_key') return issue.issues.map(reasonOf).join('; ');
  const isMissing = issue.code.startsWith('invalid_') && valueAt(json, issue.path) === undefined;
  return isMissing ? 'is missing' : reasonOf(issue);
}

/** What may have several forms is explained by the form that it comes closest to. */
function unfold(json: unknown, issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const forms = issue.errors.map((errors) =>
    errors.flatMap((error) => unfold(json, { ...error, path: [...issue.path, ...error.path] })),
  );
  const [closest = [issue]] = forms.toSorted((a, b) => distance(json, a) - distance(json, b));
  return closest;
}

/** A field that is missing or unknown tells of another form; one that is wrong tells of this. */
function distance(json: unknown, issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    const isOther = issue.code === 'unrecognized_keys' || valueAt(json, issue.path) === undefined;
    return sum + (isOther ? 10 : 1);
  }, 0);
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    json,
  );
}

/** `positions[3] (id "p3").quantity`: where in the file, with the entry's own name where it has one. */
function where(json: unknown, path: readonly PropertyKey[]): string {
  const [list, index, ...rest] = path;
  if (typeof list !== 'string' || typeof index !== 'number') return nameOf(path) || 'the file';
  const id = valueAt(json, [list, index, 'id']);
  const name = typeof id === 'string' ? ` (id "${shortened(id)}")` : '';
  const field = nameOf(rest);
  return `${list}[${index}]${name}${field === '' || field.startsWith('[') ? field : `.${field}`}`;
}

function shortened(id: string): string {
  return id.length > longestId ? `${id.slice(0, longestId)}…` : id;
}

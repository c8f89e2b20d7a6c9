import { alertTypes, isAlertType } from '../notices/alert-types.ts';
import { placeholdersOf } from './placeholders.ts';

const placeholder = /\{([^{}]*)\}/g;
const mostCharacters = 500;

/**
 * Checks a template of alerts of that type.
 *
 * @returns what is wrong with it, with the name of its field; nothing when it may be used.
 */
export function faultOf(eventType: string, stored: unknown): string | undefined {
  if (!isAlertType(eventType))
    return `${JSON.stringify(eventType)} is no event of alerts; there are ${Object.keys(alertTypes).join(', ')}`;
  const text = typeof stored === 'object' && stored !== null && 'text' in stored ? stored.text : undefined;
  if (typeof text !== 'string' || text.trim() === '') return 'text: must be text';
  if (text.length > mostCharacters) return `text: must be at most ${mostCharacters} characters`;
  const known = placeholdersOf(eventType);
  const names = [...text.matchAll(placeholder)].map(([, name = '']) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return `text: {${unknown}} is not known of ${eventType}; known are ${known.map((name) => `{${name}}`).join(', ')}`;
  if (/[{}]/.test(text.replaceAll(placeholder, ''))) return 'text: has a brace without its other';
  return undefined;
}

/** The text with its placeholders replaced: what they stand for is not looked at again. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(placeholder, (_, name: string) => values[name] ?? '');
}

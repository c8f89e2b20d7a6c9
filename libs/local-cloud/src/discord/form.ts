export interface FieldError {
  readonly code: string;
  readonly message: string;
}

/** The tree of Discord's `Invalid Form Body` answers: `{embeds: {0: {title: {_errors: [...]}}}}`. */
export class FormErrors {
  readonly #own: FieldError[] = [];
  readonly #children = new Map<string, FormErrors>();

  /** Where errors of the property or list element `key` go. */
  at(key: string | number): FormErrors {
    const found = this.#children.get(String(key));
    if (found !== undefined) return found;
    const child = new FormErrors();
    this.#children.set(String(key), child);
    return child;
  }

  add(code: string, message: string): void {
    this.#own.push({ code, message });
  }

  get isEmpty(): boolean {
    return this.#own.length === 0 && [...this.#children.values()].every((child) => child.isEmpty);
  }

  toJSON(): Record<string, unknown> {
    const children = [...this.#children].filter(([, child]) => !child.isEmpty);
    return {
      ...Object.fromEntries(children.map(([key, child]) => [key, child.toJSON()])),
      ...(this.#own.length > 0 ? { _errors: this.#own } : {}),
    };
  }
}

/** Reads one value of a form. What does not fit is added to `errors` and read as undefined. */
export type Reader<T> = (value: unknown, errors: FormErrors) => T | undefined;

type Read<F extends Record<string, Reader<unknown>>> = {
  [K in keyof F]?: Exclude<ReturnType<F[K]>, undefined>;
};

/** Text without whitespace at its ends, `max` code points or fewer. */
export function text(max: number): Reader<string> {
  return (value, errors) => {
    if (typeof value !== 'string') {
      errors.add('STRING_TYPE_CONVERT', `Could not interpret "${JSON.stringify(value)}" as string.`);
      return undefined;
    }
    const trimmed = value.trim();
    if (codePoints(trimmed) > max) errors.add('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    return trimmed;
  };
}

/** Text that may not be empty. */
export function filledText(max: number): Reader<string> {
  const read = text(max);
  return (value, errors) => {
    const found = read(value, errors);
    if (found === '') errors.add('BASE_TYPE_REQUIRED', 'This field is required');
    return found;
  };
}

export function integer(max: number): Reader<number> {
  return (value, errors) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      errors.add('NUMBER_TYPE_COERCE', `Value "${JSON.stringify(value)}" is not int.`);
      return undefined;
    }
    if (value < 0) errors.add('NUMBER_TYPE_MIN', 'int value should be greater than or equal to 0.');
    if (value > max) errors.add('NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    return value;
  };
}

export const flag: Reader<boolean> = (value, errors) => {
  if (typeof value === 'boolean') return value;
  errors.add('BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
  return undefined;
};

export const url: Reader<string> = (value, errors) => {
  const parsed = typeof value === 'string' ? URL.parse(value) : null;
  if (parsed === null) {
    errors.add('URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  } else if (!/^https?:$/.test(parsed.protocol)) {
    const scheme = parsed.protocol.slice(0, -1);
    errors.add('URL_TYPE_INVALID_SCHEME', `"${scheme}" must be one of ('http', 'https').`);
  }
  return parsed?.href;
};

/** As `url`, or the name of a file that comes with the message: `attachment://chart.png`. */
export const mediaUrl: Reader<string> = (value, errors) =>
  typeof value === 'string' && value.startsWith('attachment://') ? value : url(value, errors);

/** An ISO 8601 time, answered as Discord writes it. */
export const time: Reader<string> = (value, errors) => {
  const millis = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(millis)) return new Date(millis).toISOString().replace('Z', '000+00:00');
  errors.add('DATE_TIME_TYPE_PARSE', `Could not parse ${JSON.stringify(value)}. Should be ISO8601.`);
  return undefined;
};

export function list<T>(max: number, readElement: Reader<T>): Reader<T[]> {
  return (value, errors) => {
    if (!Array.isArray(value)) {
      errors.add('LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return undefined;
    }
    if (value.length > max) errors.add('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    return value
      .map((element: unknown, index) => readElement(element, errors.at(index)))
      .filter((element) => element !== undefined);
  };
}

/** An object of `fields`, each optional or null but the `required` ones. Other properties are ignored. */
export function object<F extends Record<string, Reader<unknown>>>(
  fields: F,
  required: readonly (keyof F & string)[] = [],
): Reader<Read<F>> {
  return (value, errors) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      errors.add('MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
      return undefined;
    }
    const given = new Map<string, unknown>(Object.entries(value));
    const found: Record<string, unknown> = {};
    for (const [key, read] of Object.entries(fields)) {
      const property = given.get(key) ?? undefined;
      if (property !== undefined) found[key] = read(property, errors.at(key));
      else if (required.includes(key)) errors.at(key).add('BASE_TYPE_REQUIRED', 'This field is required');
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each property came from its own reader
    return found as Read<F>;
  };
}

/** What Discord counts as the length of a text. */
export function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

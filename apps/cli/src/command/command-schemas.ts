import { Command } from '@bellwether/contracts';
import type { CommandName } from '@bellwether/contracts';
import * as z from 'zod';
import { InputError } from '../input-error.ts';

type CommandSchema = (typeof Command.options)[number];

/** What `--account` and `--key` say, so that the content of a command need not. */
const given = ['name', 'key', 'tenant', 'uid', 'accountId'];

/** The names of all commands. */
export const commandNames: readonly CommandName[] = Command.options.map(({ shape }) => shape.name.value);

/** @throws InputError that lists the names. */
export function schemaOf(name: string): CommandSchema {
  const found = Command.options.find(({ shape }) => shape.name.value === name);
  if (found === undefined)
    throw new InputError(`there is no command "${name}"; there are: ${commandNames.join(', ')}`);
  return found;
}

/** Its own fields: those that a question mark follows may be left out. */
export function fieldsOf(schema: CommandSchema): readonly string[] {
  const { properties, required } = contentSchemaOf(schema);
  return Object.keys(properties).map((field) => (required.includes(field) ? field : `${field}?`));
}

/** The JSON Schema of its content, as `--data` takes it. */
export function contentSchemaOf(schema: CommandSchema) {
  const {
    properties = {},
    required = [],
    ...rest
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  });
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([field]) => !given.includes(field))),
    required: required.filter((field) => !given.includes(field)),
  };
}

import type { Argument, Command, HelpConfiguration, Option } from 'commander';

/** How the help of every command is written. */
export const help: HelpConfiguration = {
  subcommandTerm: (command: Command) =>
    [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
  optionDescription: (option: Option) => {
    const about = aboutOf(option).join('; ');
    return about === '' ? option.description : `${option.description} (${about})`;
  },
};

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function aboutOf({ argChoices, defaultValue, mandatory, negate }: Option): string[] {
  return [
    ...(mandatory && defaultValue === undefined ? ['required'] : []),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(defaultValue === undefined || negate ? [] : [`default: ${String(defaultValue)}`]),
  ];
}

import { openAccount } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const openAccountHandler: CommandHandler<'OpenAccount'> = {
  opensAccount: true,
  decide: (_account, command, { isOpen }) => openAccount(isOpen, command),
};

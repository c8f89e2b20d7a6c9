import { PoisonError, type Received } from '@bellwether/bus';
import { Command, type CommandReply, commandAttributes } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { HandleCommand, invalidCommand } from './handle-command.ts';

@Controller()
export class CommandController {
  constructor(private readonly commands: HandleCommand) {}

  @MessagePattern('command')
  async handle(@Payload() received: Received): Promise<CommandReply> {
    const parsed = Command.safeParse(parseJson(received.data));
    if (!parsed.success) return invalidCommand(parsed.error);
    return this.commands.handle(parsed.data, received.attributes[commandAttributes.traceparent] ?? '');
  }
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (error) {
    throw new PoisonError('the command is not JSON', { cause: error });
  }
}

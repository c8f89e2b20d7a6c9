import { haltTrading, resumeTrading } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const resumeTradingHandler: CommandHandler<'ResumeTrading'> = { decide: resumeTrading };

export const haltTradingHandler: CommandHandler<'HaltTrading'> = { decide: haltTrading };

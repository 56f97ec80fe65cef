import { Command } from 'commander';
import { replayEventsCommand } from './replayEventsCommand.ts';
import { replayPublishMissingCommand } from './replayPublishMissingCommand.ts';
import { replayRebuildCommand } from './replayRebuildCommand.ts';
import { replayVerifyCommand } from './replayVerifyCommand.ts';
import { replayWhatIfCommand } from './replayWhatIfCommand.ts';

/** `onhand replay`: what the logs say, held against what is stored and published. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('prove, rebuild and re-send what follows from the logs')
    .addCommand(replayVerifyCommand())
    .addCommand(replayRebuildCommand())
    .addCommand(replayPublishMissingCommand())
    .addCommand(replayEventsCommand())
    .addCommand(replayWhatIfCommand());
}

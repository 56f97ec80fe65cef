import type { Settings } from '../config/settings.ts';

/** Limits of one transaction. */
export interface SliceLimits {
  /** Commands or order events. */
  commandsMax: number;
  bytesMax: number;
}

export function sliceLimitsOf(settings: Settings): SliceLimits {
  return {
    commandsMax: settings.ONHAND_SLICE_COMMANDS_MAX,
    bytesMax: settings.ONHAND_SLICE_BYTES_MAX,
  };
}

import type { Settings } from '../config/settings.ts';

const heartbeatMsMax = 3000;

/** How long a member of a consumer group may be silent, and how often it speaks. In ms. */
export function groupSession(settings: Pick<Settings, 'ONHAND_SESSION_TIMEOUT_SECONDS'>) {
  const sessionTimeout = settings.ONHAND_SESSION_TIMEOUT_SECONDS * 1000;
  return { sessionTimeout, heartbeatInterval: Math.min(heartbeatMsMax, sessionTimeout / 4) };
}

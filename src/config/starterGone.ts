/** npx' shell passes no signal on, and nothing tells of its end. */
const lookMs = 500;

/**
 * Calls `gone` when whoever started this process is no more and meant to end it, too: a parent
 * that holds a channel to it (`ipc`), or npx, which ends at SIGTERM and leaves what it runs behind.
 */
export function onStarterGone(gone: () => void): void {
  // It may have gone while this process was loading.
  if (process.connected === false) return gone();
  process.once('disconnect', gone);
  process.channel?.unref();
  if (process.env.npm_lifecycle_event !== 'npx') return;
  const starter = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(timer);
    gone();
  }, lookMs).unref();
}

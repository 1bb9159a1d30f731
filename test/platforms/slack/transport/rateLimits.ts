/** Slack's budgets: so many calls a minute per method, chat.postMessage one a second per channel. */
export class RateLimits {
  private readonly calls = new Map<string, number[]>();

  /** Seconds to wait, or 0 when the call may pass. */
  retryAfter(method: string, channel: string, perMinute: number): number {
    const now = Date.now();
    const key = method === 'chat.postMessage' ? `${method} ${channel}` : method;
    const recent = (this.calls.get(key) ?? []).filter((at) => now - at < 60_000);
    this.calls.set(key, recent);
    if (recent.length >= perMinute) return Math.ceil((60_000 - (now - recent[0]!)) / 1000);
    recent.push(now);
    return 0;
  }
}

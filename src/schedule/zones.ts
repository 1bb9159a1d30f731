/** Time zones by name, separate from date arithmetic, so that options can be listed without loading a calendar. */

/** Whether a time zone of this name exists. Bare offsets do not count, because they have no daylight saving. */
export function isZone(name: string): boolean {
  try {
    return /^[a-z]/i.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** Names of time zones for suggestions; other names are understood, too. */
export function zoneNames(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), 'UTC'];
}

/** The zone of this name as it is usually written, whatever case it was typed in. */
export function zoneNamed(name: string): string | undefined {
  const lower = name.toLowerCase();
  return zoneNames().find((zone) => zone.toLowerCase() === lower);
}

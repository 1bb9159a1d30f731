/** Time zones by name. Apart from what reckons with them, so that options can be listed without a calendar. */

/** Whether a time zone of this name is known. Bare offsets are none: they know no daylight saving. */
export function isZone(name: string): boolean {
  try {
    return /^[a-z]/i.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** Names of time zones, for suggestions; others are understood, too. */
export function zoneNames(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), 'UTC'];
}

/** The zone of this name as it is usually written, whatever case it was typed in. */
export function zoneNamed(name: string): string | undefined {
  const lower = name.toLowerCase();
  return zoneNames().find((zone) => zone.toLowerCase() === lower);
}

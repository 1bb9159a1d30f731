const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const FULL_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/**
 * Reads days of the week: `daily`, or names and ranges in a list, as `mon-fri` or `mon,wed,sat`. Ranges may go over
 * the end of the week.
 *
 * @returns days by ISO 8601 (1 is Monday), ascending; undefined when it says something else
 */
export function parseDays(text: string): number[] | undefined {
  if (text.toLowerCase() === 'daily') return [1, 2, 3, 4, 5, 6, 7];
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const names = part.split('-');
    const [first, last] = [dayNamed(names[0]!), dayNamed(names.at(-1)!)];
    if (first === undefined || last === undefined || names.length > 2) return undefined;
    for (let day = first; ; day = (day % 7) + 1) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days].sort();
}

/** The shortest text that `parseDays` reads as these days; they are ascending. */
export function daysText(days: readonly number[]): string {
  if (days.length === 7) return 'daily';
  const runs: number[][] = [];
  for (const day of days) {
    if (runs.at(-1)?.at(-1) === day - 1) runs.at(-1)!.push(day);
    else runs.push([day]);
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${nameOf(run[0]!)}-${nameOf(run.at(-1)!)}`] : run.map(nameOf)))
    .join(',');
}

function dayNamed(text: string): number | undefined {
  const name = text.trim().toLowerCase();
  const index = NAMES.includes(name) ? NAMES.indexOf(name) : FULL_NAMES.indexOf(name);
  return index < 0 ? undefined : index + 1;
}

function nameOf(day: number): string {
  return NAMES[day - 1]!;
}

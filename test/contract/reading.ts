import type { FeatureReport } from '../../src/core/index.js';
import { until } from '../support/until.js';
import type { Person, Room, Said, SaidFile } from './driver.js';

/** What belongs to one question. */
export interface Answer {
  announcement: string;
  /** The card; what is drawn besides comes after it. */
  picture: SaidFile;
  /** Its last picture. */
  tree: SaidFile;
  list: string;
  buttons: string[];
}

/** Waits until so many questions are answered; all of them, thread by thread. */
export function answered(room: Room, count = 1): Promise<Answer[]> {
  return until(`${count} answers`, () => {
    const all = answers(room);
    return all.length >= count ? all : undefined;
  });
}

/** An announcement with its buttons, a picture in it or below it, and a list make an answer. */
function answers(room: Room): Answer[] {
  return room.threads().flatMap((thread) =>
    thread.flatMap(({ text: list }, index) => {
      if (!list.startsWith('Token list')) return [];
      const before = thread.slice(0, index);
      const announcement =
        before.findLast(({ buttons }) => buttons.length > 0) ?? before.findLast(({ file }) => !file);
      const files = thread.slice(thread.indexOf(announcement!), index).flatMap(({ file }) => file ?? []);
      const [picture] = files;
      if (!announcement || !picture) throw new Error(`a list without announcement and picture: ${list}`);
      const { text, buttons } = announcement;
      return [{ announcement: text, picture, tree: files.at(-1)!, list, buttons }];
    }),
  );
}

/** Waits until the first answer is told whole; its announcement, and the message with its picture. */
export function whole(room: Room): Promise<[announcement: Said, picture: Said]> {
  return until('a whole answer', () => {
    const [said] = room.threads();
    const picture = said?.find(({ file }) => file?.name.endsWith('.png'));
    return picture && isWhole(said![0]!) ? [said![0]!, picture] : undefined;
  });
}

function isWhole({ text }: Said): boolean {
  return /^(Complete · |Repeat: )/m.test(text);
}

/** Waits until it shows that a question is being worked on. */
export async function atWork(room: Room): Promise<void> {
  const isShown = () => /waiting|starting|loading|growing|nodes|dreaming|model says/i.test(room.progress());
  // What was said before may sound alike, but only what is under way can be cancelled.
  await until('progress is shown', () => isShown() && (!room.hasButtons || room.offers('Cancel')));
}

export function whispered(room: Room, person: Person): Promise<string> {
  return until(`something said to ${person} in private`, () => room.privately(person).at(-1));
}

/** What this person is told next, in private, upon a command. */
export async function told(room: Room, line: string, by: Person = 'ada'): Promise<string> {
  const before = room.privately(by).length;
  await room.command(line, by);
  return until(`something new said to ${by} in private`, () => room.privately(by)[before]);
}

/** For `Room.report` where there are buttons: the file comes into the first thread. */
export async function reportByButton(room: Room): Promise<FeatureReport> {
  const files = () => room.threads()[0]!.filter(({ file }) => file?.name.endsWith('.json')).length;
  const before = files();
  if (room.offers('Details')) {
    const told = room.privately('ada').length;
    await room.press('Details');
    await until('the details', () => room.privately('ada').length > told || undefined);
  }
  await room.press('JSON');
  const file = await until('the report as a file', () => (files() > before ? reportIn(room) : undefined));
  return JSON.parse(String(file.bytes)) as FeatureReport;
}

/** The newest JSON file of the first thread. */
export function reportIn(room: Room): SaidFile | undefined {
  return room.threads()[0]!.findLast(({ file }) => file?.name.endsWith('.json'))?.file;
}

/** For `Room.howToRepeat` where announcements say it. */
export async function repeatLine(room: Room): Promise<string> {
  const { announcement } = (await answered(room)).at(-1)!;
  const [, line] = /^Complete · \/(.+)$/m.exec(announcement) ?? [];
  if (line === undefined) throw new Error(`no line to repeat: ${announcement}`);
  return line;
}

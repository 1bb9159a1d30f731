import type { Question } from './questions.js';

/** What people can see of the answer to one question. */
export interface Findings {
  question: Question;
  /** How often the person had to type it: platforms refuse commands while the bot is not connected. */
  typed: number;
  announcements: number;
  /** Announcements that hold the result. */
  results: number;
  /** What the person was told instead of the result. */
  sentence: string | undefined;
  pictures: number;
  /** Sentences that say why there is no picture. */
  pictureSentences: number;
  lists: number;
}

export function nothingFound(question: Question, typed: number): Findings {
  return {
    question,
    typed,
    announcements: 0,
    results: 0,
    sentence: undefined,
    pictures: 0,
    pictureSentences: 0,
    lists: 0,
  };
}

/** How a command's acknowledgement went. */
export interface AckFinding {
  question: Question;
  /** Milliseconds; undefined when none came. */
  latency: number | undefined;
  /** A fault that met the acknowledgement itself, or the connection it needed. */
  disturbed: 'connection' | 'call' | undefined;
}

const RESULT = 'Complete · ';
const TITLE = /layer (\d+) · feature (\d+)(?!\d)/;
export const LIST = 'Token list, nearest first';
const WORKING = /Starting|Waiting: number|Loading the model|\d+ nodes, depth/;

/** The rest of an answer will not come. */
const CUT_OFF = 'before all of this answer was here';

/** The feature a text is about, as "layer/feature". */
export function featureIn(text: string): string | undefined {
  const found = TITLE.exec(text);
  return found ? `${found[1]}/${found[2]}` : undefined;
}

/** Counts an announcement, which may hold the result, a sentence, or only progress. */
export function countAnnouncement(findings: Findings, text: string): void {
  findings.announcements += 1;
  if (text.includes(RESULT)) findings.results += 1;
  else if (!WORKING.test(text)) findings.sentence = text;
}

/** Counts a message below an announcement, which may say that a process was killed over the rest. */
export function countReply(findings: Findings, text: string): void {
  if (text.includes(CUT_OFF)) findings.sentence = text;
}

/** Whether a private text tells what became of a question: it names that one, or none. */
export function concerns(text: string, { layer, feature }: Question): boolean {
  const named = /“(.*?)”/.exec(text)?.[1];
  return named === undefined || new RegExp(`(^|\\s)${layer}\\s+${feature}\\s`).test(`${named} `);
}

export function isLost({ results, sentence }: Findings): boolean {
  return results === 0 && sentence === undefined;
}

/** Nothing more is to come. */
export function isComplete(findings: Findings): boolean {
  const { results, sentence, pictures, pictureSentences, lists } = findings;
  return sentence !== undefined || (results > 0 && pictures + pictureSentences > 0 && lists > 0);
}

/** How many messages too many: one answer for each time it was typed. */
export function surplus({ typed, announcements, pictures, lists }: Findings): number {
  const over = (count: number) => Math.max(0, count - typed);
  return over(announcements) + over(pictures) + over(lists);
}

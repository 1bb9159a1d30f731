/**
 * Draws what an answer looks like in a chat, from a real answer: docs/images/slack.png and discord.png, and the
 * picture of the README. `npm run images`
 */
import { writeFile } from 'node:fs/promises';
import type { Canvas } from 'canvas';
import { planLine } from '../../commands/index.js';
import { loadCanvas } from '../../renderers/canvas/fonts.js';
import { coreSettings, jobLimits, readConfiguration } from '../../src/configuration/index.js';
import { createCore } from '../../src/core/index.js';
import { createEvidence } from '../../src/evidence/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';

const LINE = 'feature 10 777';
const WIDTH = 1240;
const FONT = { normal: 'ghosttree NotoSans', bold: 'ghosttree NotoSans Bold' };
type Platform = 'slack' | 'discord';
/** Pixels of a message's picture at most, as the clients draw it. */
const BOXES: Record<Platform, { width: number; height: number }> = {
  slack: { width: 360, height: 360 },
  discord: { width: 550, height: 350 },
};
/** Pixels of these images for one of a client, as on the screen of a laptop. */
const DENSITY = 1.5;
type Theme = Record<'back' | 'panel' | 'text' | 'quiet' | 'line' | 'button' | 'face', string>;
const THEMES: Record<Platform, Theme> = {
  slack: {
    back: '#ffffff',
    panel: '#f8f8f8',
    text: '#1d1c1d',
    quiet: '#616061',
    line: '#dddddd',
    button: '#ffffff',
    face: '#4a154b',
  },
  discord: {
    back: '#313338',
    panel: '#2b2d31',
    text: '#f2f3f5',
    quiet: '#b5bac1',
    line: '#3f4147',
    button: '#4e5058',
    face: '#5865f2',
  },
};

const configuration = readConfiguration();
const core = createCore(coreSettings(configuration.settings));
const jobs = new LocalJobs(core, jobLimits(configuration.settings));
const plan = planLine(LINE, { configuration, jobs, evidence: createEvidence(undefined) });
const reply = await plan.run({});
await core.close();
const [card, tree] = reply.pictures;
await writeFile('docs/images/feature-10-777.png', card!.png);
await writeFile('docs/images/word-tree-10-777.png', tree!.png);

const { createCanvas, loadImage } = await loadCanvas();
const [shownCard, shownTree] = [await loadImage(card!.png), await loadImage(tree!.png)];
for (const platform of ['slack', 'discord'] as const) {
  const canvas = createCanvas(WIDTH, draw(createCanvas(WIDTH, 2000), platform));
  draw(canvas, platform);
  await writeFile(`docs/images/${platform}.png`, canvas.toBuffer('image/png'));
}

/** @returns the height that was used */
function draw(canvas: Canvas, platform: Platform): number {
  const theme = THEMES[platform];
  const context = canvas.getContext('2d');
  context.fillStyle = theme.back;
  context.fillRect(0, 0, canvas.width, canvas.height);
  interface Type {
    size?: number;
    colour?: string;
    weight?: keyof typeof FONT;
  }
  const write = (text: string, x: number, y: number, type: Type = {}): number => {
    const { size = 20, colour = theme.text, weight = 'normal' } = type;
    context.font = `${weight} ${size}px "${FONT[weight]}"`;
    context.fillStyle = colour;
    context.fillText(text, x, y);
    return context.measureText(text).width;
  };
  /** A line as a chat breaks it. */
  const wrapped = (line: string, width: number): string[] => {
    context.font = `normal 20px "${FONT.normal}"`;
    const lines: string[] = [];
    for (const word of line.split(/(?<=\S) /)) {
      const longer = `${lines.at(-1)} ${word}`;
      if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  const box = (x: number, y: number, width: number, height: number, fill: string, radius = 8) => {
    context.fillStyle = fill;
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
    context.fill();
  };
  const speaker = (x: number, y: number, name: string, initial: string, colour: string) => {
    box(x, y, 48, 48, colour, platform === 'discord' ? 24 : 8);
    write(initial, x + 16, y + 33, { size: 26, colour: '#ffffff', weight: 'bold' });
    const width = write(name, x + 64, y + 18, { weight: 'bold' });
    if (name !== 'ada') write('APP', x + 74 + width, y + 17, { size: 13, colour: theme.quiet });
  };
  const frame = (x: number, y: number, width: number, height: number) => {
    context.strokeStyle = theme.line;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(x, y, width, height, 8);
    context.stroke();
  };

  /** A picture in the client's box. @returns its height */
  const picture = (image: typeof shownCard, x: number, top: number): number => {
    const most = BOXES[platform];
    const scale = DENSITY * Math.min(most.width / image.width, most.height / image.height);
    const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    context.imageSmoothingEnabled = true;
    context.quality = 'best';
    context.patternQuality = 'best';
    context.drawImage(image, x, top, width, height);
    frame(x, top, width, height);
    return height;
  };

  let y = 30;
  write('# features', 30, y + 14, { size: 24, weight: 'bold' });
  y += 50;
  speaker(30, y, 'ghosttree', 'g', theme.face);
  write(reply.title, 94, y + 50, { weight: 'bold' });
  y += 82;
  for (const line of [...reply.text.split('\n').filter(Boolean), `Complete · /${plan.line}`]) {
    for (const part of wrapped(line, canvas.width - 94 - 30)) {
      write(part, 94, y);
      y += 30;
    }
  }
  y += picture(shownCard, 94, y) + 34;
  write('Thread', 94, y, { size: 18, weight: 'bold', colour: theme.quiet });
  y += 20;
  const threadTop = y;
  const left = 118;
  speaker(left, y, 'ghosttree', 'g', theme.face);
  y += 34 + picture(shownTree, left + 64, y + 34) + 24;
  speaker(left, y, 'ghosttree', 'g', theme.face);
  const rows = reply.tokens.slice(0, 8);
  y += 34;
  if (rows.length > 0) {
    write('Token list, nearest first', left + 64, y + 14);
    y += 28;
    box(left + 64, y, 560, rows.length * 26 + 24, theme.panel);
    rows.forEach(({ rank, text, score }, index) => {
      const line = y + 32 + index * 26;
      write(String(rank).padStart(3), left + 84, line, { size: 18, colour: theme.quiet });
      write(score.toFixed(3), left + 134, line, { size: 18, colour: theme.quiet });
      write(text, left + 214, line, { size: 18 });
    });
    write('…', left + 590, y + rows.length * 26 + 8, { size: 18, colour: theme.quiet });
    y += rows.length * 26 + 44;
  }
  let x = left + 64;
  for (const { label } of reply.actions) {
    context.font = `bold 18px "${FONT.bold}"`;
    const width = context.measureText(label).width + 32;
    box(x, y, width, 40, theme.button);
    if (platform === 'slack') frame(x, y, width, 40);
    write(label, x + 16, y + 27, { size: 18, weight: 'bold' });
    x += width + 10;
  }
  y += 66;
  speaker(left, y, 'ada', 'a', '#2eb67d');
  write('@ghosttree scale=5 weights=decoder', left + 64, y + 48);
  y += 70;
  context.fillStyle = theme.line;
  context.fillRect(98, threadTop, 3, y - threadTop);
  return y + 24;
}

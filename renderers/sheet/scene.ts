/** A picture as plain data, made by the panels and painted by canvas/paint.ts. Lengths in pixels. */
import type { Line, Style } from './typeset.js';

export type Item =
  | { kind: 'box'; x: number; y: number; width: number; height: number; radius: number; fill: string }
  /** From left to right; from 4 pixels on a band whose height is the same all along. */
  | {
      kind: 'curve';
      x0: number;
      y0: number;
      x1: number;
      y1: number;
      thickness: number;
      colour: string;
      dashed: boolean;
    }
  /** An area of diagonal lines: what is not there. */
  | { kind: 'hatch'; x: number; y: number; width: number; height: number; colour: string }
  | { kind: 'line'; x0: number; y0: number; x1: number; y1: number; thickness: number; colour: string }
  | { kind: 'dot'; x: number; y: number; radius: number; fill: string }
  /** `y` is the vertical middle of the text. */
  | { kind: 'text'; x: number; y: number; line: Line; style: Style; colour: string; markColour: string };

export interface Panel {
  width: number;
  height: number;
  items: Item[];
}

export interface Scene {
  width: number;
  height: number;
  background: string;
  /** Colours that the PNG must keep as they are. */
  exactColours: string[];
  panels: { x: number; y: number; panel: Panel }[];
}

/**
 * Colours of the themes, each with one meaning, after Okabe and Ito's colour-blind-safe palette. Text has a contrast of
 * 4.5 or more and lines of 3 or more on background and panel; in grey, activation is lighter than accent where it must
 * be told from it. The theme print spares toner.
 */
export interface Theme {
  background: string;
  panel: string;
  /** Lines that only divide: nothing is lost where they are not seen. */
  rule: string;
  ink: string;
  quiet: string;
  /** Probability: what the model says, and what a feature promotes. */
  accent: string;
  /** All other lines and marks. */
  branch: string;
  /** Activation, and nothing else. */
  activation: string;
  /** The second of two sides, or what a feature suppresses; the first is in the accent colour. */
  other: string;
  /** Of a verdict: what is said holds, holds in part, does not. */
  good: string;
  fair: string;
  poor: string;
}

export const THEMES = {
  dark: {
    background: '#0f1419',
    panel: '#18202a',
    rule: '#2b3745',
    ink: '#eef2f6',
    quiet: '#9fb0c0',
    accent: '#56b4e9',
    branch: '#6f8298',
    activation: '#f0b429',
    other: '#e58fc1',
    good: '#3fcf9b',
    fair: '#e3d65b',
    poor: '#ff8f73',
  },
  light: {
    background: '#ffffff',
    panel: '#f3f6f9',
    rule: '#d5dde5',
    ink: '#14202b',
    quiet: '#4d5c6b',
    accent: '#00507f',
    branch: '#748698',
    activation: '#a04d00',
    other: '#a1357a',
    good: '#00704f',
    fair: '#6f5f00',
    poor: '#b02a1a',
  },
  print: {
    background: '#ffffff',
    panel: '#f4f4f4',
    rule: '#c4c4c4',
    ink: '#000000',
    quiet: '#3f3f3f',
    accent: '#003a63',
    branch: '#767676',
    activation: '#a35400',
    other: '#a3458a',
    good: '#005a3f',
    fair: '#5c4f00',
    poor: '#96200f',
  },
} as const satisfies Readonly<Record<string, Theme>>;

export type ThemeName = keyof typeof THEMES;

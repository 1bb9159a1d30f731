/** Colours of the two themes, after Okabe and Ito's colour-blind-safe palette; text has a contrast of 4.5 or more. */
export interface Theme {
  background: string;
  panel: string;
  rule: string;
  ink: string;
  quiet: string;
  /** Branches and numbers of the strongest definitions. */
  accent: string;
  /** All other branches. */
  branch: string;
  /** The mark where a definition closes. */
  end: string;
  /** Of a verdict: what is said holds, holds in part, does not. */
  good: string;
  fair: string;
  poor: string;
}

export const THEMES: Readonly<Record<'dark' | 'light', Theme>> = {
  dark: {
    background: '#0f1419',
    panel: '#18202a',
    rule: '#2b3745',
    ink: '#eef2f6',
    quiet: '#9fb0c0',
    accent: '#56b4e9',
    branch: '#61748a',
    end: '#f0b429',
    good: '#3fcf9b',
    fair: '#e3d65b',
    poor: '#ff8f73',
  },
  light: {
    background: '#ffffff',
    panel: '#f3f6f9',
    rule: '#d5dde5',
    ink: '#14202b',
    quiet: '#526272',
    accent: '#0068a8',
    branch: '#8495a6',
    end: '#a84c00',
    good: '#00704f',
    fair: '#6f5f00',
    poor: '#b02a1a',
  },
};

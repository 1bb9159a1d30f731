/** What a value may be, as plain data: the same for a typed option, a line of the configuration and a queue's question. */
export type Rule = NumberRule | ChoiceRule | SwitchRule | TextRule;

/** A number, perhaps one of a few words instead. */
export interface NumberRule {
  kind: 'number' | 'whole';
  range: readonly [least: number, most: number];
  words?: readonly string[];
  /** Which of the operator's limits bounds it, too. */
  limit?: keyof WorkLimits;
}

export interface ChoiceRule {
  kind: 'choice';
  choices: readonly string[];
}

export interface SwitchRule {
  kind: 'switch';
}

export interface TextRule {
  kind: 'text';
  /** What is accepted, for people. */
  expected: string;
  /** A text that must stand in it exactly once. */
  once?: string;
  /** Whether white space at its edges is part of it. */
  verbatim?: true;
}

/** What an operator allows a question to cost. */
export interface WorkLimits {
  nodes: number;
  dreamTokens: number;
}

/** The type of the values that a rule accepts. */
export type ValueOf<R extends Rule> = R extends SwitchRule
  ? boolean
  : R extends ChoiceRule
    ? R['choices'][number]
    : R extends NumberRule
      ? number | (R extends { words: readonly (infer Word)[] } ? Word : never)
      : string;

/** Longest text in characters: no chat sends a longer one. */
export const LONGEST_TEXT = 100_000;

/** Whether a value is one that the rule allows. */
export function accepts(rule: Rule, value: unknown): boolean {
  if (rule.kind === 'switch') return typeof value === 'boolean';
  if (rule.kind === 'choice') return rule.choices.includes(value as string);
  if (rule.kind === 'text') {
    if (typeof value !== 'string' || value.length > LONGEST_TEXT || value.trim() === '') return false;
    return rule.once === undefined || value.split(rule.once).length === 2;
  }
  if (typeof value !== 'number') return rule.words?.includes(value as string) ?? false;
  const [least, most] = rule.range;
  return value >= least && value <= most && (rule.kind === 'number' || Number.isInteger(value));
}

/** What a rule allows, for people: "0.01..100 or auto or best". */
export function rangeText(rule: Rule): string {
  if (rule.kind === 'switch') return 'on, off';
  if (rule.kind === 'choice') return rule.choices.join(', ');
  if (rule.kind === 'text') return rule.expected;
  const [least, most] = rule.range;
  const bounds = most === Number.POSITIVE_INFINITY ? `from ${least} up` : `${least}..${most}`;
  return [`${rule.kind === 'whole' ? 'a whole number ' : ''}${bounds}`, ...(rule.words ?? [])].join(' or ');
}

/** The rule with the operator's limit as its upper bound, where it has one. */
export function ruleWithin<R extends Rule>(rule: R, limits: WorkLimits): R {
  if ((rule.kind !== 'number' && rule.kind !== 'whole') || !rule.limit) return rule;
  const [least, most] = rule.range;
  return { ...rule, range: [least, Math.min(most, limits[rule.limit])] };
}

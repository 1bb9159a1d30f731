import { type AckFinding, isLost, surplus } from './findings.js';
import type { SoakPlatform } from './platform.js';
import type { Course } from './run.js';

const LATE = 1_000;
const MOST_GROWTH = 50;

interface Row {
  name: string;
  value: string;
  goal?: string;
  missed?: boolean;
}

/** What came out, as a Markdown table, and whether every goal was met. */
export function table(
  { findings, memory, seconds }: Course,
  platforms: readonly SoakPlatform[],
  { deaths, distinct }: { deaths: number; distinct: number },
): { text: string; met: boolean } {
  const acks = platforms.flatMap((platform) => platform.acks());
  const quiet = acks.filter(({ disturbed }) => !disturbed);
  const byCall = acks.filter(({ disturbed }) => disturbed === 'call');
  const byConnection = acks.filter(({ disturbed }) => disturbed === 'connection');
  const growth = memory.end.program - memory.start.program;
  const answered = findings.filter(({ results }) => results > 0);
  const rows: Row[] = [
    { name: 'commands', value: `${findings.length} (${distinct} different questions), ${seconds} s` },
    zero('acks late (over 1 s)', late(quiet)),
    { name: 'ack latency, p50 / p99 / longest', value: latencies(quiet) },
    { name: 'acks that a fault itself met: all / late', value: `${byCall.length} / ${late(byCall)}` },
    {
      name: 'acks while the connection was broken: all / late',
      value: `${byConnection.length} / ${late(byConnection)}`,
    },
    zero('results lost', findings.filter(isLost).length),
    {
      name: 'a sentence instead of the result',
      value: `${findings.filter((each) => each.results === 0 && !isLost(each)).length}`,
    },
    zero('results without picture, nor a sentence why', answered.filter(noPicture).length),
    zero('results without list', answered.filter(({ lists }) => lists === 0).length),
    zero(
      'posted twice',
      findings.reduce((sum, each) => sum + surplus(each), 0),
    ),
    zero(
      'pings sent',
      platforms.reduce((sum, platform) => sum + platform.pings(), 0),
    ),
    zero('process deaths', deaths),
    { name: 'memory after the first answers', value: megabytes(memory.start.program) },
    { name: 'memory at the end', value: megabytes(memory.end.program) },
    {
      name: 'growth',
      value: megabytes(growth),
      goal: `<= ${MOST_GROWTH} MB`,
      missed: growth > MOST_GROWTH,
    },
    {
      name: 'memory of the inference process, start / end',
      value: `${megabytes(memory.start.children)} / ${megabytes(memory.end.children)}`,
    },
    { name: 'commands typed again after the platform refused them', value: `${typedAgain(findings)}` },
    ...platforms.flatMap((platform) => faultRows(platform)),
  ];
  const lines = rows.map(
    ({ name, value, goal, missed }) => `| ${name} | ${value}${missed ? ' **missed**' : ''} | ${goal ?? ''} |`,
  );
  const text = ['| what | measured | goal |', '| --- | ---: | --- |', ...lines].join('\n');
  return { text, met: !rows.some(({ missed }) => missed) };
}

function faultRows({ name, faults, outages }: SoakPlatform): Row[] {
  return [
    ...[...faults]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, times]) => ({ name: `fault in ${name}: ${kind}`, value: `${times}` })),
    { name: `longest time ${name} had no connection`, value: `${outages.longest} ms` },
  ];
}

function zero(name: string, value: number): Row {
  return { name, value: `${value}`, goal: '0', missed: value > 0 };
}

function late(acks: readonly AckFinding[]): number {
  return acks.filter(({ latency }) => (latency ?? Number.POSITIVE_INFINITY) > LATE).length;
}

function latencies(acks: readonly AckFinding[]): string {
  const sorted = acks.map(({ latency }) => latency ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`;
}

function noPicture({ pictures, pictureSentences }: Course['findings'][number]): boolean {
  return pictures + pictureSentences === 0;
}

function typedAgain(findings: Course['findings']): number {
  return findings.reduce((sum, { typed }) => sum + typed - 1, 0);
}

function megabytes(value: number): string {
  return `${value.toFixed(0)} MB`;
}

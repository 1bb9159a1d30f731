import { readQueue } from '../../configuration/environment.js';
import { openRedis, TIMING } from '../../jobs/shared/index.js';
import { type Finding, ok, type Patient, warning } from './finding.js';

/** Whether the Redis that holds the shared queue answers, and never throws questions away. */
export async function checkQueue({ variables }: Patient): Promise<Finding[]> {
  const url = readQueue(variables);
  if (!url) return [];
  const messages: string[] = [];
  const log = { info: (message: string) => void messages.push(message), fault() {} };
  const redis = await openRedis(url, TIMING, log);
  redis.disconnect();
  const policy = messages.find((message) => message.includes('maxmemory-policy'));
  return [
    ok('Queue: Redis answers'),
    ...(policy
      ? [
          warning(
            'Queue: Redis may throw questions away when its memory is full',
            'set its maxmemory-policy to noeviction',
          ),
        ]
      : []),
  ];
}

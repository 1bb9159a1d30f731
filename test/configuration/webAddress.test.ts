import { expect, test } from 'vitest';
import { isAddress, webAddress } from '../../src/configuration/web.js';

test.each([
  'http://localhost:8080/v1',
  'https://slack.example/api/',
  'HTTPS://EXAMPLE.ORG',
  'http://[::1]:1/',
])('%s is a web address', (text) => {
  expect(webAddress('SOME_URL', text, 'http://localhost')).toBe(text);
});

test.each([
  '',
  'localhost:8080',
  'example.org',
  'ftp://example.org',
  'https://',
  'javascript:alert(1)',
  'http://a b/',
])('%j is none, and the message does not repeat it', (text) => {
  expect(() => webAddress('SOME_URL', text, 'http://localhost:8080/v1')).toThrow(
    /^SOME_URL is no web address; expected something like http:\/\/localhost:8080\/v1\.$/,
  );
});

test('other protocols where they are meant, with a host', () => {
  expect(isAddress('rediss://user:password@redis.example:6380/1', /^rediss?:$/)).toBe(true);
  expect(isAddress('redis://', /^rediss?:$/)).toBe(false);
  expect(isAddress('redis:', /^rediss?:$/)).toBe(false);
  expect(isAddress('https://redis.example', /^rediss?:$/)).toBe(false);
});

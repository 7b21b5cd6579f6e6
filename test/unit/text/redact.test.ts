import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { redact, rememberCredentials, rememberSecret } from '../../../src/text/redact';

describe('redact', () => {
  const shapes: readonly (readonly [text: string, shown: string])[] = [
    ['s3://user:pa55word@bucket/x', 's3://***@bucket/x'],
    ['http://user:pa%40ss@host:9000/a', 'http://***@host:9000/a'],
    ['https://user%3Apa55word%40host/a', 'https://***@host/a'],
    ['go to http%3A%2F%2Fuser%3Apa55word%40host%2Fa', 'go to http%3A%2F%2F***%40host%2Fa'],
    ['proxy joe:pa55word@proxy.lan:3128', 'proxy ***@proxy.lan:3128'],
    ['joe:p@55@word@proxy', '***@proxy'],
    ['https://a.blob.core.windows.net/c/b?sv=2024&sig=aB%2Fc%3D&se=2026', 'https://a.blob.core.windows.net/c/b?sv=2024&sig=***&se=2026'],
    ['/k?X-Amz-Date=1&X-Amz-Credential=AKIDX%2F2026&X-Amz-Signature=0ab&X-Amz-Security-Token=Fwo', '/k?X-Amz-Date=1&X-Amz-Credential=***&X-Amz-Signature=***&X-Amz-Security-Token=***'],
    ['url=http%3A%2F%2Fh%2Fk%3Fsig%3Dabc%26se%3D1', 'url=http%3A%2F%2Fh%2Fk%3Fsig%3D***%26se%3D1'],
    ['AccountName=me;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDX==;Endpoint=x', 'AccountName=me;AccountKey=***;Endpoint=x'],
    ['{"secret_key": "wJalrXUtnFEMI", "region": "eu"}', '{"secret_key": "***", "region": "eu"}'],
    ['aws_secret_access_key = wJalrXUtnFEMI', 'aws_secret_access_key = ***'],
    ['<SessionToken>FwoGZXIvYXdzE</SessionToken>', '<SessionToken>***</SessionToken>'],
    ['no key AKIAIOSFODNN7EXAMPLE here', 'no key AKIA*** here'],
    ['Authorization: Bearer a1b2c3d4e5f6g7', 'Authorization: Bearer ***'],
    ['Basic dXNlcjpwYXNzd29yZA==', 'Basic ***'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'jwt ***'],
    ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.', 'key ***.'],
    ['a -----BEGIN RSA PRIVATE KEY-----⏎MIIE⏎-----END RSA PRIVATE KEY----- b', 'a [private key] b'],
    ['-----BEGIN PRIVATE KEY-----⏎MIIE', '[private key]'],
  ];
  for (const [text, shown] of shapes) {
    it(`knows by its shape what is secret in ${text.slice(0, 50)}`, () => {
      assert.equal(redact(text), shown);
      assert.equal(redact(shown), shown, 'twice changes nothing more');
    });
  }

  it('leaves everything else as it is', () => {
    for (const text of [
      'origin refused the credentials (profile "dev"). Set the credentials of this remote.', 's3://team-models/llm/ at http://127.0.0.1:9000',
      '/home/me/models/Checkpoints2/encoder.layers.11.attention.weight 9f3a61c2d1e0b7a8', 'Basic authentication is not supported.',
      'a71793267329d0aaf28b2efb5d0427d6a71793267329d0aaf28b2efb5d0427d6', 'me@example.com wrote this: see team@example.com', '.coral/remotes.json, line 7: "backend" is not one of s3, gcs, azure, file.',
      'The endpoint of a remote must not hold a user name or password. Take them out.', 'C:\\Users\\Me\\Models\\weights.h5', '12:30 to 13:00 @ noon',
    ]) assert.equal(redact(text), text);
  });

  it('knows a value that it was told, in every form in which it may come back', () => {
    const secret = 'k/+ 9"&ÿ-plain-secret';
    rememberSecret(secret);
    const base64 = (before: string): string => Buffer.from(`${before}${secret}:more`).toString('base64');
    for (const form of [
      secret, encodeURIComponent(secret), encodeURIComponent(secret).toLowerCase(), encodeURIComponent(encodeURIComponent(secret)),
      JSON.stringify(secret), secret.replaceAll('&', '&amp;'), base64(''), base64('a'), base64('ab'), base64('id:').replaceAll('+', '-').replaceAll('/', '_'),
    ]) {
      const shown = redact(`The server says ${form}.`);
      assert.ok(shown.includes('***') && !shown.includes(form), shown);
    }
    assert.ok(!redact(base64('ab')).includes(Buffer.from('plain-secret').toString('base64').slice(4, -4)));
  });

  it('takes ids that are long enough to be nobody\'s word, and no short values', () => {
    rememberCredentials({ accessKeyId: 'minioadmin', secretAccessKey: 'short', sessionToken: 'token-of-a-session' });
    rememberCredentials({ accessKeyId: 'ID0123456789ABCDEF' });
    assert.equal(redact('minioadmin short token-of-a-session ID0123456789ABCDEF'), 'minioadmin short *** ***');
  });

  it('reads hostile text once, whatever it repeats', () => {
    for (const part of ['a', '/', '@', '?sig', '-----BEGIN PRIVATE KEY-----', 'a:', '%3a%2f%2f', 'eyJ', 'Aa1+', 'AKIA', '?a.', 'password=', 'https://', ' ', '"']) {
      const began = performance.now();
      redact(part.repeat(20_000 / part.length));
      assert.ok(performance.now() - began < 1_000, `${part} took ${performance.now() - began} ms`);
    }
  });
});

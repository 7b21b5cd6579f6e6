import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { s3Error } from '../../../../src/core/storage/objects/s3/s3Errors';
import { hostileSecrets, hostileTexts } from '../../text/hostile';

const place = { bucket: 'models', endpoint: 'http://127.0.0.1:9000' };
const answer = (name: string, message: string): object => ({ name, message, $metadata: { httpStatusCode: 400 } });

describe('an error that a server makes up', () => {
  it('is one line of bounded length without secrets, whatever its code and its message are', () => {
    for (const text of hostileTexts) {
      for (const error of [answer(text, 'No.'), answer('TooOdd', text), answer(text, text)]) {
        const { message, cause, stack = '' } = s3Error(error, place);
        assert.match(message, /^s3:\/\/models at http:\/\/127\.0\.0\.1:9000 refused a request: (TooOdd|an error without a proper name)/);
        assert.ok(message.length <= 700);
        for (const shown of [message, (cause as Error).message]) assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\u202e\u200b]/u);
        for (const shown of [message, (cause as Error).message, stack]) assert.doesNotMatch(shown, hostileSecrets);
      }
    }
  });

  it('has no code that it is not known by', () => {
    assert.match(s3Error(answer('constructor', 'No.'), place).message, /refused a request: an error without a proper name, No\.$/);
    assert.match(s3Error(Object.assign(new Error('no'), { name: 'TooOdd', code: 'toString' }), place).message, /refused a request: TooOdd, no\.$/);
    assert.match(s3Error(answer('FwoGZXIvYXdzEJrsessiontoken0123', 'No.'), place).message, /an error without a proper name/);
  });
});

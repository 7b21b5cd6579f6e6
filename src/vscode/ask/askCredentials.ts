import type { Credentials } from '../../core/storage/credentials';
import { askText } from './questions';
import { back, runSteps, type Step } from './steps';

/** Keys as far as they were typed; "" stands for what was not. */
export interface KeysDraft {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export const noKeys: KeysDraft = { accessKeyId: '', secretAccessKey: '', sessionToken: '' };

/** The questions for access keys. What is typed is not shown. */
export function keySteps(title: string): Step<KeysDraft>[] {
  const step = (key: keyof KeysDraft, prompt: string, optional = false): Step<KeysDraft> => ({
    async ask(keys, at) {
      const problemOf = (text: string) => (optional || text !== '' ? undefined : 'Type or paste it here.');
      const text = await askText({ title, at, prompt, password: true, value: keys[key], problemOf });
      return text === undefined || text === back ? text : { ...keys, [key]: text };
    },
  });
  return [
    step('accessKeyId', 'Access key ID'),
    step('secretAccessKey', 'Secret access key'),
    step('sessionToken', 'Session token, for temporary credentials; leave it empty otherwise', true),
  ];
}

/** Asks for access keys; undefined when the person leaves. What is typed is neither shown nor kept here. */
export async function askCredentials(remote: string): Promise<Credentials | undefined> {
  const keys = await runSteps(keySteps(`Credentials of ${remote}`), noKeys);
  return keys && credentialsOf(keys);
}

export function credentialsOf({ sessionToken, ...pair }: KeysDraft): Credentials {
  return { ...pair, ...(sessionToken === '' ? {} : { sessionToken }) };
}

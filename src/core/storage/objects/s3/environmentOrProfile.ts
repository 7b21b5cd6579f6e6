import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromIni } from '@aws-sdk/credential-provider-ini';

type Provider = ReturnType<typeof fromIni>;

/**
 * The first steps of the SDK's own search, in its order: a profile named by AWS_PROFILE, the AWS_* variables, the profile
 * "default". Its last steps ask the machine's cloud, which has no keys for other servers and lets everybody wait who is not in it.
 */
export const environmentOrProfile: Provider = async (properties) => {
  const { AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  return !profile && id && secret ? fromEnv()() : fromIni()(properties);
};

/** The keys of a profile of the AWS configuration files, whatever it takes to get them: a sign-in, a role, a program. */
export function profile(name: string): Provider {
  return fromIni({ profile: name });
}

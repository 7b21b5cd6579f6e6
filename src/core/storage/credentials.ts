export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Credentials that lie elsewhere: a profile of the AWS configuration files, or none, for a bucket that is open to all. */
export type CredentialsChoice = Credentials | { readonly profile: string } | { readonly anonymous: true };

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundCredentials {
  /** undefined leaves it to the backend's SDK, which searches in places of its own */
  readonly credentials: CredentialsChoice | undefined;
  /** where they come from, for people; never a value */
  readonly source: string;
}

/** Both halves, or nothing. */
export function keyPair(accessKeyId: string | undefined, secretAccessKey: string | undefined): Credentials | undefined {
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

import type { Environment, FoundCredentials } from './credentials';
import type { ObjectAccess, ObjectLocation } from './objects/objectAccess';
import type { ObjectStore } from './objects/objectStore';

/** How to ask for a text, and what it has to look like. */
export interface Question {
  readonly prompt: string;
  readonly placeholder: string;
  readonly pattern: RegExp;
  /** what is wrong with a text that does not match */
  readonly problem: string;
}

/** One of the places that "Add Remote" offers. */
export interface Offer {
  readonly id: string;
  readonly icon: string;
  readonly label: string;
  readonly detail: string;
  /** how to ask for what comes after the scheme of its URL; a whole URL is always understood as well */
  readonly location: Pick<Question, 'prompt' | 'placeholder'>;
  /** what else it needs, asked in this order */
  readonly asks: readonly ('endpoint' | 'region')[];
  /** environment variables that may hold its credentials */
  readonly variables: readonly string[];
}

/** One of the places that the credentials of a remote may come from. */
export interface CredentialsOffer {
  readonly source: 'environment' | 'profile' | 'keys' | 'none';
  readonly icon: string;
  readonly label: string;
  /** comes after the variables of the offer, for "environment" */
  readonly detail: string;
}

/**
 * All that Coral knows of one kind of remote before it asks a server. Whoever would ask "is this S3?" asks this instead. It is data, which
 * the extension host shows as it is; what needs an SDK is behind `open`, which imports it when it is called.
 */
export interface Backend {
  /** "backend" of an entry in remotes.json, and the scheme of its URLs: NAME://BUCKET/PREFIX or NAME:///FOLDER */
  readonly name: string;
  readonly kind: 'bucket' | 'folder';
  /** what people call it */
  readonly label: string;
  /** of VS Code's */
  readonly icon: string;
  /** of URLs that bring their server along: SCHEME://HOST:PORT/BUCKET/PREFIX */
  readonly serverScheme?: string;
  readonly offers: readonly Offer[];
  /** set where its buckets lie in regions */
  readonly region?: Question;
  /** set where it may be had from other servers than its own; `variables` name one where none is given, the first that is set */
  readonly endpoint?: Question & { readonly variables: readonly string[] };
  /** none where it needs no credentials */
  readonly credentials: readonly CredentialsOffer[];
  /** what is found where none are given, in its order */
  readonly findCredentials?: (environment: Environment, endpointUrl: string | undefined) => FoundCredentials;
  /** the least rights that Coral needs, as the owner of the bucket may give them; `prefix` is where the keys begin */
  readonly policy?: (bucket: string, prefix: string) => object;
  /** A bare store, a request a call, at the endpoint that was found; sends nothing yet. Absent for folders, and where there is none yet. */
  readonly open?: (location: ObjectLocation, access: ObjectAccess, concurrency: number) => Promise<ObjectStore>;
}

export const accessKeys: CredentialsOffer = {
  source: 'keys', icon: 'key', label: 'Access keys', detail: "Kept in VS Code's secret storage, never in a file of the repository",
};

/** The server that is asked: the one that is given, else the one that the environment names; undefined for the backend's own. */
export function connectedEndpoint(
  { endpoint }: Pick<Backend, 'endpoint'>, given: string | undefined, environment: Environment,
): string | undefined {
  return given ?? endpoint?.variables.map((name) => environment[name]).find(Boolean);
}

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { rememberSecret } from '../../../text/redact';

export interface NetworkSettings {
  /** URL of the proxy, with user and password if it needs them */
  readonly proxy?: string | undefined;
  /** hosts to be reached without it: "host", "host:port", ".domain" or "*.domain" with all below it, "*" */
  readonly noProxy?: readonly string[] | undefined;
  /** false: any certificate will do */
  readonly strictSSL?: boolean | undefined;
  /** PEM certificates of authorities to trust besides Node's own */
  readonly ca?: readonly string[] | undefined;
}

interface Agents { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpAgent }

/** Agents for requests to one host; `target` is undefined where the host is chosen later (AWS). */
export function agents(network: NetworkSettings, target: URL | undefined, maxSockets: number): Agents {
  const pool = { keepAlive: true, maxSockets, scheduling: 'lifo' as const };
  const tls = {
    rejectUnauthorized: network.strictSSL ?? true,
    ...(network.ca && network.ca.length > 0 ? { ca: [...rootCertificates, ...network.ca] } : {}),
  };
  if (!network.proxy || (target && reachedDirectly(target, network.noProxy ?? []))) {
    return { httpAgent: new HttpAgent(pool), httpsAgent: new HttpsAgent({ ...pool, ...tls }) };
  }
  rememberSecret(URL.canParse(network.proxy) ? decodeURIComponent(new URL(network.proxy).password) : undefined);
  const tunnel = new HttpsProxyAgent(network.proxy, { ...pool, ...tls });
  // Its own options are for the proxy; those of the target go in with each connection.
  const connect = tunnel.connect.bind(tunnel);
  tunnel.connect = (req, options) => connect(req, { ...options, ...tls });
  return { httpAgent: new HttpProxyAgent(network.proxy, { ...pool, ...tls }), httpsAgent: tunnel };
}

/** Whether a host is exempt from the proxy. This computer itself always is: a proxy could not reach it. */
export function reachedDirectly(target: URL, noProxy: readonly string[]): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true;
  return noProxy.map((entry) => entry.trim().toLowerCase()).filter(Boolean).some((entry) => {
    if (entry === '*') return true;
    const [name = '', onlyPort] = isIP(entry) === 6 ? [entry] : entry.split(':');
    if (onlyPort !== undefined && onlyPort !== port) return false;
    const domain = name.replace(/^\*?\./, '');
    return host === domain || (!isIP(host) && host.endsWith(`.${domain}`));
  });
}

import * as tls from 'node:tls';

/** PEM certificates that the machine trusts besides Node's own; none where Node cannot tell, as before 22.15. */
export function machineCertificates(): string[] {
  const reader = tls as { getCACertificates?: (type: 'system') => string[] };
  return reader.getCACertificates?.('system') ?? [];
}

/** Signatures and sizes of the parts of a zip file (PKWARE's APPNOTE.TXT, 4.3). */
export const localSignature = 0x04034b50;
export const descriptorSignature = 0x08074b50;
export const centralSignature = 0x02014b50;
export const endSignature = 0x06054b50;
export const zip64EndSignature = 0x06064b50;
export const zip64LocatorSignature = 0x07064b50;

export const localHeaderBytes = 30;
export const zip64Tag = 1;

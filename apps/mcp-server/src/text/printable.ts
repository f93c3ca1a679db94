const MAX_LENGTH = 64

/** Returns text that a client or an issuer chose, short and in plain ASCII, for a line of the log. */
export const printable = (text: string): string => text.slice(0, MAX_LENGTH).replace(/[^\x21-\x7E]/gu, "?")

/** The version of this command line; package.json carries the same, and a test compares them. */
export const VERSION = '0.1.0';

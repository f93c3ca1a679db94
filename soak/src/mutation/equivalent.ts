/**
 * Changes that no test can notice, because the program behaves the same: the module, the change as the runner prints it, and the reason.
 */
export const EQUIVALENT: ReadonlyArray<readonly [module: string, change: string, reason: string]> = []

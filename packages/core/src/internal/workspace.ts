/**
 * The parts that this project's apps share with the library. The published package does not export them.
 */
export { ApiClient, type Service } from "./apiClient.ts"
export { outcome } from "./outcome.ts"
export { isPlaceholder } from "./placeholder.ts"
export { plainText } from "./plainText.ts"
export { probe as probeSharedBudget } from "./budgetKeys.ts"
export { reasonOf as redisReason } from "./sharedRedis.ts"
export { readFiles, SECRETS } from "./secretFiles.ts"
export { ApiVersion, defaultApiVersion } from "./tenant.ts"
export { readSecret, type Secret } from "./tokens.ts"

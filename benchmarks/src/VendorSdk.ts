/**
 * SailPoint's own SDK, which is no dependency of this workspace: the bench installs it, pinned by a lockfile of its
 * own, when it first needs it.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

/** The folder it is installed in. */
export const FOLDER = fileURLToPath(new URL("../vendor-sdk/", import.meta.url))

export const install = (): void => {
  if (existsSync(`${FOLDER}node_modules/sailpoint-api-client`)) return
  process.stdout.write("Installing the vendor's SDK, once.\n\n")
  const { status } = spawnSync(
    "npx",
    ["--yes", "pnpm@12.21.0", "install", "--ignore-workspace", "--frozen-lockfile", "--dir", FOLDER],
    // pnpm tells what it does on standard output, which belongs to the tables.
    { stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" }
  )
  if (status !== 0) throw new Error("The vendor's SDK could not be installed.")
}

/** Of the SDK what is used here. */
export interface VendorSdk {
  readonly Configuration: new (parameters: { baseurl: string; accessToken: string }) => {
    retriesConfig?: {
      readonly retries: number
      readonly retryDelay: (count: number) => number
      readonly retryCondition: (error: { readonly response?: { readonly status: number } }) => boolean
    }
  }
  readonly NonEmployeeLifecycleManagementV2024Api: new (
    configuration: object,
    basePath: undefined,
    axios: unknown
  ) => { readonly getNonEmployeeBulkUploadStatus: (parameters: { id: string }) => Promise<{ data: unknown }> }
}

export interface Loaded {
  readonly sdk: VendorSdk
  readonly axios: { readonly create: (defaults: object) => unknown }
  readonly axiosRetry: { readonly exponentialDelay: (count: number) => number }
}

/** The SDK with the axios and the axios-retry that it brings along. */
export const load = (): Loaded => {
  const require = createRequire(createRequire(FOLDER).resolve("sailpoint-api-client"))
  return {
    sdk: require("sailpoint-api-client"),
    axios: require("axios"),
    axiosRetry: require("axios-retry")
  }
}

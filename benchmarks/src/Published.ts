/**
 * Published peers. They are not dependencies of the workspace: the benchmark installs them into a separate folder
 * with a separate lockfile.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const FOLDER = fileURLToPath(new URL("../published/", import.meta.url))

/** Installs the peers. Takes a second if they are installed already. */
export const install = (): void => {
  const { status } = spawnSync(
    "npx",
    ["--yes", "pnpm@12.21.0", "install", "--ignore-workspace", "--frozen-lockfile", "--dir", FOLDER],
    // pnpm reports its progress on standard output, which is for the table.
    { stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" }
  )
  if (status !== 0)
    throw new Error("The published peers could not be installed. Check the connection to the npm registry.")
}

/** Returns the file of a package's only command. */
export const command = (name: string): string => {
  const folder = `${FOLDER}node_modules/${name}/`
  const { bin }: { readonly bin: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(`${folder}package.json`, "utf8")
  )
  return folder + Object.values(bin).join("")
}

/** The part of axios that the bench uses. */
export interface Axios {
  readonly create: (defaults: object) => {
    readonly get: (url: string) => Promise<{ readonly data: unknown }>
  }
}

/** The part of SailPoint's SDK that the bench uses. */
export interface VendorSdk {
  readonly Configuration: new (parameters: { baseurl: string; accessToken: string }) => object
  readonly NonEmployeeLifecycleManagementV2024Api: new (
    configuration: object,
    basePath: undefined,
    axios: unknown
  ) => { readonly getNonEmployeeBulkUploadStatus: (parameters: { id: string }) => Promise<{ data: unknown }> }
}

const require = createRequire(FOLDER)

export const axios = (): Axios => require("axios")

/** The SDK with the axios that it depends on. */
export const vendorSdk = (): { readonly sdk: VendorSdk; readonly axios: Axios } => ({
  sdk: require("sailpoint-api-client"),
  axios: createRequire(require.resolve("sailpoint-api-client"))("axios")
})

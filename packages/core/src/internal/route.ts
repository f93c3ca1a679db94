import type { Tenant } from "../Tenant.ts"

/** A path template of the API, as it names spans and metrics: never with an id in it. */
export const route = (tenant: Tenant, rest: string, resource = "non-employee-sources"): string =>
  tenant.apiVersion === "v1" ? `/${resource}/v1${rest}` : `/${tenant.apiVersion}/${resource}${rest}`

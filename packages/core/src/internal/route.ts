/** A path template of the API, as it names spans and metrics: never with an id in it. */
export const route = (
  { apiVersion }: { readonly apiVersion: string },
  rest: string,
  resource = "non-employee-sources"
): string => (apiVersion === "v1" ? `/${resource}/v1${rest}` : `/${apiVersion}/${resource}${rest}`)

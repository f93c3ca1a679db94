const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]

/**
 * Returns the variable that names a proxy, if Node was not told to use it
 * (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 */
export const unusedProxy = (
  env: Readonly<Record<string, string | undefined>>,
  execArgv: ReadonlyArray<string>
): string | undefined => {
  const options = [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/u)]
  const used =
    env["NODE_USE_ENV_PROXY"] === "1" ||
    // Node accepts either spelling.
    options.some((option) => option.replaceAll("_", "-") === "--use-env-proxy")
  return used ? undefined : PROXIES.find((name) => (env[name] ?? "") !== "")
}

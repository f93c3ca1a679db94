/** Placeholders that were never filled in, as assistants and configuration files leave them. */

/** `${SAIL_CLIENT_ID}`, `${input:x}`, `$SAIL_CLIENT_ID`, `%SAIL_CLIENT_ID%`, `{{x}}`, `{tenant}`, `<tenant>`, `[tenant]`. */
const REFERENCE =
  /^(?:\$?\{.*\}|\$[A-Z_][A-Z0-9_]*|\$\(.*\)|%[A-Z_][A-Z0-9_]*%|<[^<>]*>|\[[a-z][a-z _-]*\])$/isu

/** `your-client-secret`, `the-client-id` as in this project's examples, `changeme`, `xxxx`, `...`. */
const EXAMPLE =
  /^(?:(?:your|the)(?:[-_ ]?(?:tenant|client|access|api|id|secret|token|key|value|here))+|change[-_ ]?me|replace[-_ ]?me|x{3,}|\*{3,}|\.{3,}|…)$/iu

const AROUND_TENANT = /^https?:\/\/|\.api\.[a-z0-9.-]+\/?$/giu

/** Returns whether the whole value, or the tenant's name in a base URL, is a placeholder. */
export const isPlaceholder = (value: string): boolean => {
  const name = value.trim().replaceAll(AROUND_TENANT, "")
  return REFERENCE.test(name) || EXAMPLE.test(name)
}

/**
 * Replaces the SDK's module `@modelcontextprotocol/server/_shims` in the build. The SDK validates with ajv what a user types
 * into a form that a server requests (elicitation). This server requests no form, and a start would load ajv.
 */
export { default as process } from "node:process"

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error("This server requests no form, so it has no JSON Schema validator.")
  }
}

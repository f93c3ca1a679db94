/**
 * Stands in the built file for what the SDK validates with what a person typed into a form that a server asked for
 * (elicitation). This server asks for nothing, and the validator, ajv, is a fifth of the code that it would start with.
 */
export { default as process } from "node:process"

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error("This server asks back nothing, so it has no JSON Schema validator.")
  }
}

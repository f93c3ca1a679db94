/** A local SailPoint tenant for trying and testing clients of the bulk-upload status call. */
export * as Client from "./Client.ts"
export * as Environment from "./Environment.ts"
export * as Fault from "./Fault.ts"
export * as Job from "./Job.ts"
export * as Limiter from "./Limiter.ts"
export * as Sandbox from "./Sandbox.ts"
export * as SchemaAttribute from "./SchemaAttribute.ts"
export * as Source from "./Source.ts"

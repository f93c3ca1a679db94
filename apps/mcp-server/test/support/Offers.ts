/** The requests of an assistant, in the shape that the official clients of both generations share. */
export interface Tool {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: object
  readonly outputSchema?: object | undefined
  readonly annotations?: { readonly title?: string | undefined } | undefined
}

export interface Completion {
  readonly values: ReadonlyArray<string>
  readonly total?: number | undefined
  readonly hasMore?: boolean | undefined
}

export interface Offers {
  readonly listTools: () => Promise<{ readonly tools: ReadonlyArray<Tool> }>
  readonly listResourceTemplates: () => Promise<{ readonly resourceTemplates: ReadonlyArray<object> }>
  readonly readResource: (params: { uri: string }) => Promise<{ readonly contents: ReadonlyArray<object> }>
  readonly listPrompts: () => Promise<{ readonly prompts: ReadonlyArray<object> }>
  readonly getPrompt: (params: {
    name: string
    arguments?: Record<string, string>
  }) => Promise<{ readonly messages: ReadonlyArray<{ readonly role: string; readonly content: object }> }>
  readonly complete: (params: {
    ref: { type: "ref/resource"; uri: string } | { type: "ref/prompt"; name: string }
    argument: { name: string; value: string }
  }) => Promise<{ readonly completion: Completion }>
  readonly close: () => Promise<void>
}

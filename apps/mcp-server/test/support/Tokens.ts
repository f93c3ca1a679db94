/** Counts tokens with o200k, a public tokenizer, because not all models publish theirs. */
export { countTokens } from "gpt-tokenizer/encoding/o200k_base"

/** Counts tokens with o200k, a public tokenizer, in place of the tokenizers of all models. */
export { countTokens } from "gpt-tokenizer/encoding/o200k_base"

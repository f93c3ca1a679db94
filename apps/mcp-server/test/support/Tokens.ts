/**
 * How many tokens a model reads a text as. Every model has its own tokenizer, and not all are public; o200k is
 * one that is, and stands for them all.
 */
export { countTokens } from "gpt-tokenizer/encoding/o200k_base"

/** A name that only code has: with a capital or an underscore inside. */
const CODE_NAME = /\b(?:[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|[A-Za-z]+_\w+)\b/g

/** The names of code in a text, recognized by their form, in order and with repetitions. */
export const codeNamesIn = (text: string): string[] => text.match(CODE_NAME) ?? []

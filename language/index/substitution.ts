/** Arguments in the place of parameters, as the preprocessor puts them there. */

const SINGLE_NAME = /^[\s(]*(?:\([\w\s]+\)\s*\(?\s*)?([A-Za-z_$][\w$]*)[\s)]*$/;

/** The position of the parameter that an expression is, casts and parentheses apart; undefined where it is none. */
export function forwardedParameter(expression: string, parameters: readonly string[]): number | undefined {
  const name = SINGLE_NAME.exec(expression)?.[1];
  const position = name === undefined ? -1 : parameters.indexOf(name);
  return position < 0 ? undefined : position;
}

/**
 * The expression with each parameter replaced by its argument; `##` joins words. A variadic macro's last parameter takes
 * what is left.
 */
export function substituted(expression: string, parameters: readonly string[], values: readonly string[]): string {
  if (parameters.length === 0) return expression;
  const replaced = expression.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[A-Za-z_$][\w$]*/g, (word) => {
    const position = word[0] === "'" || word[0] === '"' ? -1 : parameters.indexOf(word);
    if (position >= 0) return values[position] ?? '';
    if (word === '__VA_ARGS__' && parameters[parameters.length - 1] === '...')
      return values.slice(parameters.length - 1).join(', ');
    return word;
  });
  return replaced.replace(/\s*##\s*/g, '');
}

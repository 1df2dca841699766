// Expressions of GitHub Actions, as far as ci/ uses them. Whatever else is written is refused, so that nothing passes
// here for another reason than it would there.

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w.-]*)|(&&|\|\||==|!=|[!(),]))/y;

/**
 * @typedef {object} Scope
 * @property {Record<string, unknown>} contexts by name, as in inputs, steps, runner
 * @property {boolean} failed whether a step before has failed
 * @property {boolean} cancelled
 */

/**
 * The text of a value with its `${{ … }}` filled in.
 * @param {string} text
 * @param {Scope} scope
 */
export function filled(text, scope) {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) => displayed(evaluate(expression, scope)));
}

/**
 * Whether a step or a job is run. Without a word about the status, `success() &&` stands before what is written.
 * @param {string | undefined} condition with or without `${{ }}`
 * @param {Scope} scope
 */
export function holds(condition, scope) {
  if (condition === undefined) return !scope.failed && !scope.cancelled;
  const bare = /^\$\{\{(.*)\}\}$/.exec(String(condition).trim())?.[1] ?? String(condition);
  const speaksOfStatus = /\b(always|cancelled|success|failure)\(\)/.test(bare);
  if (!speaksOfStatus && (scope.failed || scope.cancelled)) return false;
  return truthy(evaluate(bare, scope));
}

/** @throws {Error} for what is not understood, and for a name that nothing has */
function evaluate(expression, scope) {
  const tokens = tokensOf(expression);
  let at = 0;
  const next = () => tokens[at++];
  const take = (symbol) => tokens[at]?.symbol === symbol && next();
  const must = (symbol) => {
    if (!take(symbol)) throw new Error(`expected ${symbol} in the expression: ${expression}`);
  };
  const either = () => {
    let left = both();
    while (take("||")) {
      const right = both();
      left = truthy(left) ? left : right;
    }
    return left;
  };
  const both = () => {
    let left = comparison();
    while (take("&&")) {
      const right = comparison();
      left = truthy(left) ? right : left;
    }
    return left;
  };
  const comparison = () => {
    const left = unary();
    if (take("==")) return same(left, unary());
    if (take("!=")) return !same(left, unary());
    return left;
  };
  const unary = () => (take("!") ? !truthy(unary()) : primary());
  const primary = () => {
    if (take("(")) {
      const value = either();
      must(")");
      return value;
    }
    const token = next();
    if (token?.literal !== undefined) return token.literal;
    if (token?.name === undefined) throw new Error(`not understood: ${expression}`);
    if (!take("(")) return lookUp(token.name, scope.contexts);
    const parameters = [];
    while (!take(")")) {
      parameters.push(either());
      take(",");
      if (at >= tokens.length) throw new Error(`a parenthesis is not closed: ${expression}`);
    }
    return call(token.name, parameters, scope);
  };
  const value = either();
  if (at < tokens.length) throw new Error(`not understood: ${expression}`);
  return value;
}

function tokensOf(expression) {
  const text = expression.trim();
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`not understood: ${text.slice(from)}`);
    const [, literal, name, symbol] = match;
    if (literal !== undefined) tokens.push({ literal: literal.slice(1, -1).replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ name });
    else tokens.push({ symbol });
  }
  return tokens;
}

function call(name, parameters, { failed, cancelled }) {
  switch (name) {
    case "always":
      return true;
    case "cancelled":
      return cancelled;
    case "success":
      return !failed && !cancelled;
    case "failure":
      return failed;
    case "startsWith":
      return String(parameters[0]).toLowerCase().startsWith(String(parameters[1]).toLowerCase());
    default:
      throw new Error(`the function ${name} is not known here`);
  }
}

/** What a step or job may say later is empty until then; every other name must be there. */
function lookUp(path, contexts) {
  let value = contexts;
  for (const [depth, key] of path.split(".").entries()) {
    if (!Object.hasOwn(value, key)) {
      if (depth === 3 || (depth === 2 && value === contexts.env)) return "";
      throw new Error(`nothing is called ${path}`);
    }
    value = value[key];
  }
  return value;
}

const truthy = (value) => value !== "" && value !== false && value !== undefined;
const same = (a, b) => String(a).toLowerCase() === String(b).toLowerCase();
const displayed = (value) => (value === undefined ? "" : String(value));

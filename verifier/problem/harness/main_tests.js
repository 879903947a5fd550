// The tests' program: runs the checks, calls the candidate through a pipe, and reports each check
// with a nonce that only this program has.
'use strict';
const fs = require('fs');
const realAssert = require('assert');
const {Link, Gone, Broken} = require('./tesuji_wire.js');

const UNFIT = 95, UNCALLED = 96, GONE = 97, BROKEN = 98;
const NONCE = process.env.TESUJI_NONCE;
const FIRST = Number(process.env.TESUJI_FIRST ?? 0);
const [START, STEP] = (process.env.TESUJI_ORDER ?? '0 1').split(' ').map(Number);
const ALL = process.env.TESUJI_ALL === '1';
const task = JSON.parse(fs.readFileSync('task.json', 'utf8'));
fs.unlinkSync('task.json');

let checks = 0;
let calls = 0;

// What process.exit() of the tests throws.
class Exit extends Error {
  constructor(code) {
    super(`exit(${code ?? 0})`);
    this.code = Number(code ?? 0);
  }
}

// Whether code can fail in another way than by an assertion that it reaches: where an exception is
// awaited, a right answer reaches none.
function failsOtherwise(code) {
  const text = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return /\bthrow\b|\bprocess\s*\.\s*(exit|abort)\b/.test(text) ||
      (/\bcatch\b/.test(text) && /\w*(assert|fail|expect)\w*\s*(\.\s*\w+\s*)?\(/i.test(text));
}

const fromCandidate = new WeakSet();
let thrown = [];  // Values of the candidate's that are no objects.

function stop(code, text) {
  fs.writeSync(2, String(text).slice(-2000) + '\n');
  process.exit(code);
}

function report(kind, number, text) {
  fs.writeSync(1, `\n${NONCE} ${kind} ${number} ${JSON.stringify(String(text).slice(0, 400))}\n`);
}

// A thing of the candidate's. Comparisons stay here: sent there they would show the expected value,
// and the answer would prove nothing.
function makeRemote(number, callable) {
  const self = {yours: number};
  const text = (name) => typeof name === 'string';
  const proxy = new Proxy(callable ? function () {} : {}, {
    apply: (_, that, values) => request({q: 'call'}, [self, link.encode(that), ...encoded(values)], [null, that, ...values]),
    construct: (_, values) => request({q: 'make'}, [self, ...encoded(values)], [null, ...values]),
    get: (target, name) => {
      if (!text(name)) return undefined;
      return name === 'prototype' && callable ? target.prototype : request({q: 'get', name}, [self]);
    },
    set: (_, name, value) => {
      request({q: 'set', name: String(name)}, [self, link.encode(value)], [null, value]);
      return true;
    },
    ...(callable ? {} : {
      ownKeys: () => request({q: 'keys'}, [self]),
      getOwnPropertyDescriptor: (_, name) => text(name)
          ? {value: request({q: 'get', name}, [self]), enumerable: true, configurable: true, writable: true}
          : undefined,
    }),
  });
  return proxy;
}

const link = new Link(4, 3, makeRemote);
link.openObjects = true;  // Objects of the tests' own classes are sent as their fields.

function encoded(values) {
  return values.map((v) => link.encode(v));
}

function request(message, rows = [], values = []) {
  if (message.q === 'call' || message.q === 'make' || message.q === 'run') ++calls;
  let answer;
  let result;
  try {
    answer = link.ask({...message, values: rows});
    result = 'value' in answer ? link.decode(answer.value) : undefined;
    for (const [i, row] of answer.back ?? []) replace(values[i], link.decode(row));
  } catch (error) {
    if (error instanceof Gone) stop(GONE, 'the candidate is gone');
    stop(BROKEN, 'its answer is no value: ' + error);
  }
  const failure = 'error' in answer || 'thrown' in answer ? remoteError(answer) : null;
  if (answer.awaited) return failure ? Promise.reject(failure.error) : Promise.resolve(result);
  if (failure) throw failure.error;
  return result;
}

function remoteError(answer) {
  if ('thrown' in answer) {
    const value = link.decode(answer.thrown);
    if (value !== null && typeof value === 'object') fromCandidate.add(value);
    else thrown.push(value);
    return {error: value};
  }
  const [name, message] = answer.error.map(String);
  const known = {TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError};
  const error = new (Object.prototype.hasOwnProperty.call(known, name) ? known[name] : Error)(message);
  if (error.name !== name) Object.defineProperty(error, 'name', {value: name, configurable: true});
  fromCandidate.add(error);
  return {error};
}

function replace(old, fresh) {
  if (old instanceof Map || old instanceof Set) {
    old.clear();
    fresh.forEach((v, k) => (old instanceof Map ? old.set(k, v) : old.add(v)));
  } else if (Array.isArray(old)) {
    old.length = 0;
    for (const v of fresh) old.push(v);
  } else if (ArrayBuffer.isView(old)) {
    old.set(fresh);
  } else if (old !== null && typeof old === 'object') {
    for (const k of Object.keys(old)) if (!(k in fresh)) delete old[k];
    Object.assign(old, fresh);
  }
}

// The candidate calls a function that it was given. It may do nothing else here.
link.handle = (message) => {
  if (message.q !== 'call' || !link.given.has(message.of)) throw new Broken('no call');
  try {
    return {value: link.encode(link.given.get(message.of)(...message.values.map((v) => link.decode(v))))};
  } catch (error) {
    return {error: String(error)};
  }
};

function counted(thing) {
  return new Proxy(thing, {
    apply: (target, that, values) => { ++checks; return Reflect.apply(target, that, values); },
    get: (target, name) => {
      const value = target[name];
      if (name === 'strict') return counted(value);
      const method = typeof value === 'function' && name !== 'AssertionError';
      return method ? (...values) => { ++checks; return value.apply(target, values); } : value;
    },
  });
}

const scopeOf = {
  require: (name) => {
    const plain = String(name).replace(/^node:/, '');
    if (plain === 'assert') return counted(realAssert);
    if (plain === 'assert/strict') return counted(realAssert.strict);
    return require(name);
  },
  console: Object.assign(Object.create(console), {
    assert: (held, ...message) => {
      ++checks;
      if (!held) throw new realAssert.AssertionError({message: message.join(' ') || 'console.assert'});
    },
  }),
  module: {exports: {}},
  process: new Proxy(process, {
    get: (target, name) => (name === 'exit' ? (code) => { throw new Exit(code); } : target[name]),
  }),
};

// What the tests do not define is the candidate's.
const names = new Proxy(Object.create(null), {
  has: (_, name) => typeof name === 'string' && (name === task.entry || !(name in globalThis)) &&
      !['require', 'console', 'module', 'arguments'].includes(name),
  get: (_, name) => (typeof name === 'string' ? request({q: 'name', name}) : undefined),
});

function preamble() {
  const escaped = task.entry.replace(/\$/g, '\\$&');
  const head = new RegExp(`^[ \\t]*(export |default |async )*((function[ \\t*]*|const |let |var )${escaped}\\b|class Solution\\b)`, 'm');
  const at = task.entry === '' ? -1 : task.prompt.search(head);
  return at < 0 ? '' : task.prompt.slice(0, at);
}

async function runCode(code) {
  const AsyncFunction = (async () => {}).constructor;
  const text = `with (__names) {\n${preamble()}\n;{\n${task.setup}\n${code}\n}\n}`;
  let run;
  try {
    run = new AsyncFunction('__names', ...Object.keys(scopeOf), text);
  } catch (error) {
    stop(UNFIT, 'the tests do not compile: ' + error);
  }
  await run(names, ...Object.values(scopeOf));
  for (let i = 0; i < 3; ++i) await new Promise((done) => setImmediate(done));
}

function same(result, expected) {
  if (typeof result === 'number' && typeof expected === 'number') {
    return result === expected || Math.abs(result - expected) <= 1e-6 * Math.max(1, Math.abs(expected)) &&
        !(Number.isInteger(result) && Number.isInteger(expected));
  }
  if (Array.isArray(result) && Array.isArray(expected)) {
    return result.length === expected.length && result.every((v, i) => same(v, expected[i]));
  }
  if (result !== null && expected !== null && typeof result === 'object' && typeof expected === 'object') {
    const keys = Object.keys(expected);
    return Array.isArray(result) === Array.isArray(expected) && Object.keys(result).length === keys.length &&
        keys.every((k) => k in result && same(result[k], expected[k]));
  }
  return result === expected || (result === undefined && expected === null);
}

async function runCall(check) {
  ++checks;
  const result = await request({q: 'run', name: task.entry}, encoded(check.arguments), check.arguments);
  if (check.expected.some((expected) => same(result, expected))) return;
  const short = (v) => String(JSON.stringify(v)).slice(0, 120);
  throw new realAssert.AssertionError({message: `returned ${short(result)}, expected ${short(check.expected[0])}`});
}

function reasonOf(error) {
  if (!(error instanceof Error)) return 'threw ' + String(error);
  const text = `${error.name}: ${error.message}`.split('\n').slice(0, 6).join(' ');
  return text;
}

function isCandidates(error) {
  return error !== null && typeof error === 'object' ? fromCandidate.has(error) : thrown.includes(error);
}

async function main() {
  let escaped = [];
  process.on('unhandledRejection', (error) => escaped.push(error));
  try {
    request({q: 'load'});
  } catch (error) {
    stop(GONE, reasonOf(error));
  }
  for (let place = FIRST; place < task.checks.length; ++place) {
    const number = (START + STEP * place) % task.checks.length;
    const check = task.checks[number];
    const before = checks;
    const calledBefore = calls;
    report('start', number, check.name);
    escaped = [];
    thrown = [];
    try {
      try {
        await (check.code === undefined ? runCall(check) : runCode(check.code));
      } catch (error) {
        if (!(error instanceof Exit) || error.code !== 0) throw error;
      }
      if (escaped.length > 0) throw escaped[0];
      const held = checks - before;
      if (held === 0 && (calls === calledBefore || !failsOtherwise(`${task.setup}\n${check.code}`))) {
        stop(UNCALLED, `${check.name} asserts nothing`);
      }
      if (calls === 0) stop(UNCALLED, 'the assertions never call the function');
      report('held', number, held > 0 ? `${held} assertions held` : 'came to its end');
      continue;
    } catch (error) {
      if (calls === 0 && !isCandidates(error)) stop(UNFIT, reasonOf(error));
      report(isCandidates(error) ? 'raised' : 'failed', number, reasonOf(error));
    }
    if (!ALL) break;
  }
  report('end', calls, '');
  process.exit(0);
}

main();

// The candidate's program: answers calls until the tests have no more. It knows no expected value.
// Whatever the candidate does to this process, all that it can send are answers.
'use strict';
const fs = require('fs');
const {Link, Gone, Broken} = require('./tesuji_wire.js');

const exit = process.exit.bind(process);
const NAME = /^[A-Za-z_$][\w$]*$/;
let scope = null;
let exported = null;

// The candidate's program is the body of a function; what it returns looks names up within it.
function load() {
  const source = fs.readFileSync('candidate.js', 'utf8').replace(/^#!.*/, '');
  const module = {exports: {}};
  const body = source + '\n;return (name) => eval(name);';
  scope = new Function('require', 'module', 'exports', body)(require, module, module.exports);
  exported = module;
}

function find(name) {
  if (!NAME.test(name)) throw new ReferenceError('no name');
  const value = look(name);
  if (value !== undefined) return value;
  const Solution = look('Solution');
  if (typeof Solution === 'function') {
    const solution = new Solution();
    if (typeof solution[name] === 'function') return solution[name].bind(solution);
  }
  const from = exported.exports;
  if (from !== null && from !== undefined && from[name] !== undefined) return from[name];
  throw new ReferenceError(`the answer does not define '${name}'`);
}

function look(name) {
  try {
    return scope(name);
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

const link = new Link(3, 4, (number) => (...values) => {
  const answer = link.ask({q: 'call', of: number, values: values.map((v) => link.encode(v))});
  if (answer.error !== undefined) throw new Error(String(answer.error));
  return link.decode(answer.value);
});

const requests = {
  load: () => load(),
  name: (request) => find(request.name),
  run: (request, values) => find(request.name)(...values),
  call: (request, values) => values[0].apply(values[1], values.slice(2)),
  make: (request, values) => new values[0](...values.slice(1)),
  get: (request, values) => values[0][request.name],
  set: (request, values) => { values[0][request.name] = values[1]; },
  keys: (request, values) => Object.keys(values[0]),
};

function describe(error) {
  if (error instanceof Error) return {error: [error.name, String(error.message).slice(0, 300)]};
  return {thrown: link.encode(error)};
}

// Arguments that the call may change are sent back when it did.
function answerWith(values, before, result, awaited) {
  const back = [];
  values.forEach((value, i) => {
    const after = before[i] === undefined ? undefined : JSON.stringify(link.encode(value));
    if (after !== before[i]) back.push([i, link.encode(value)]);
  });
  return {value: link.encode(result), back, awaited};
}

function start(request) {
  const values = (request.values ?? []).map((v) => link.decode(v));
  const before = values.map((v) => {
    const sent = v !== null && typeof v === 'object' && !Array.from(link.given.values()).includes(v);
    return sent ? JSON.stringify(link.encode(v)) : undefined;
  });
  return [values, before, requests[request.q](request, values)];
}

function fatal(error) {
  return error instanceof Gone || error instanceof Broken;
}

link.handle = (request) => {
  try {
    const [values, before, result] = start(request);
    return answerWith(values, before, result, false);
  } catch (error) {
    if (fatal(error)) throw error;
    return describe(error);
  }
};

async function answer(request) {
  let awaited = false;
  try {
    let [values, before, result] = start(request);
    awaited = result instanceof Promise;
    if (awaited) result = await result;
    return answerWith(values, before, result, awaited);
  } catch (error) {
    if (fatal(error)) throw error;
    return {...describe(error), awaited};
  }
}

async function main() {
  try {
    for (;;) link.send(await answer(link.receive()));
  } catch (error) {
    if (error instanceof Gone) exit(0);
    throw error;
  }
}

main();

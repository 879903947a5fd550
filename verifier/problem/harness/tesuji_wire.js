// Values and calls between the two programs of a function task in JavaScript.
//
// A message is eight bytes of length and JSON. Numbers, strings, booleans, null and arrays stand
// for themselves, an object carries a tag. What is no plain value stays with its owner; the other
// side holds a number for it.
'use strict';
const fs = require('fs');

const LONGEST = 64 * 1024 * 1024;
const TYPED = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array,
               Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array];

class Gone extends Error {}
class Broken extends Error {}

function readFully(fd, size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const got = fs.readSync(fd, bytes, at, size - at, null);
    if (got === 0) throw new Gone('the other side is gone');
    at += got;
  }
  return bytes;
}

class Link {
  constructor(readFd, writeFd, makeRemote) {
    this.readFd = readFd;
    this.writeFd = writeFd;
    this.makeRemote = makeRemote;  // (number, callable): what stands for a thing of the other side.
    this.given = new Map();        // By number.
    this.numbers = new Map();      // By thing.
    this.remotes = new WeakMap();  // Numbers of the other side's things.
    this.handle = null;            // Answers a request.
  }

  send(message) {
    const text = Buffer.from(JSON.stringify(message));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const data = Buffer.concat([size, text]);
    for (let at = 0; at < data.length;) {
      try {
        at += fs.writeSync(this.writeFd, data, at);
      } catch (error) {
        if (error.code === 'EPIPE') throw new Gone('the other side is gone');
        throw error;
      }
    }
  }

  receive() {
    const size = Number(readFully(this.readFd, 8).readBigUInt64LE());
    if (size > LONGEST) throw new Broken('a message of ' + size + ' bytes');
    let message;
    try {
      message = JSON.parse(readFully(this.readFd, size).toString());
    } catch (error) {
      if (error instanceof Gone) throw error;
      throw new Broken('no JSON');
    }
    if (message === null || typeof message !== 'object') throw new Broken('no message');
    return message;
  }

  // Sends a request and serves the other side's own requests until the answer comes.
  ask(message) {
    this.send(message);
    for (;;) {
      const answer = this.receive();
      if (answer.q === undefined) return answer;
      this.send(this.handle(answer));
    }
  }

  encode(value, within = []) {
    switch (typeof value) {
      case 'string': return isWellFormed(value) ? value : {units: units(value)};
      case 'boolean': return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value
                                                               : {number: Object.is(value, -0) ? '-0' : String(value)};
      case 'undefined': return {undefined: 1};
      case 'bigint': return {bigint: String(value)};
      case 'function':
      case 'symbol': return this.give(value);
      default:
    }
    if (value === null) return null;
    if (this.remotes.has(value)) return {yours: this.remotes.get(value)};
    if (within.includes(value)) throw new TypeError('a value that contains itself cannot be sent');
    const inside = [...within, value];
    const each = (list) => Array.from(list, (x) => this.encode(x, inside));
    const pairs = (list) => Array.from(list, ([k, x]) => [this.encode(k, inside), this.encode(x, inside)]);
    if (Array.isArray(value)) return each(value);
    if (value instanceof Map) return {map: pairs(value)};
    if (value instanceof Set) return {set: each(value)};
    if (value instanceof Date) return {date: this.encode(value.getTime())};
    if (value instanceof RegExp) return {regexp: [value.source, value.flags]};
    const typed = TYPED.findIndex((kind) => value instanceof kind);
    if (typed >= 0) return {typed: typed, of: each(value)};
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null && !this.openObjects) return this.give(value);
    return {object: pairs(Object.entries(value)), bare: prototype === null};
  }

  give(value) {
    if (!this.numbers.has(value)) {
      this.numbers.set(value, this.given.size);
      this.given.set(this.given.size, value);
    }
    return {mine: this.numbers.get(value), callable: typeof value === 'function'};
  }

  decode(row) {
    if (row === null || typeof row !== 'object') return row;
    if (Array.isArray(row)) return row.map((x) => this.decode(x));
    const has = (tag) => Object.prototype.hasOwnProperty.call(row, tag);
    const pairs = (list) => list.map(([k, x]) => [this.decode(k), this.decode(x)]);
    if (has('units')) return String.fromCharCode(...row.units);
    if (has('number')) return Number(row.number);
    if (has('undefined')) return undefined;
    if (has('bigint')) return BigInt(row.bigint);
    if (has('map')) return new Map(pairs(row.map));
    if (has('set')) return new Set(this.decode(row.set));
    if (has('date')) return new Date(this.decode(row.date));
    if (has('regexp')) return new RegExp(row.regexp[0], row.regexp[1]);
    if (has('typed')) return TYPED[row.typed].from(this.decode(row.of));
    if (has('yours')) {
      if (!this.given.has(row.yours)) throw new Broken('no such thing');
      return this.given.get(row.yours);
    }
    if (has('mine')) {
      const remote = this.makeRemote(row.mine, row.callable === true);
      this.remotes.set(remote, row.mine);
      return remote;
    }
    if (!has('object')) throw new Broken('no value');
    const value = row.bare === true ? Object.create(null) : {};
    for (const [k, x] of pairs(row.object)) {
      Object.defineProperty(value, k, {value: x, writable: true, enumerable: true, configurable: true});
    }
    return value;
  }
}

function units(text) {
  return Array.from({length: text.length}, (_, i) => text.charCodeAt(i));
}

function isWellFormed(text) {
  return !/[\uD800-\uDFFF]/.test(text) || Buffer.from(text).toString() === text;
}

module.exports = {Link, Gone, Broken};

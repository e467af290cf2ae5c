// Leads what a Node program sends to the vendor's hosts to an emulator; preloaded by NODE_OPTIONS.
//
// https, fetch, axios, http2 and all others open their connections by this one method. TLS still shows and checks the
// vendor's name: by then it is decided.
"use strict";

const net = require("net");

const {
  SENDPULSE_EMULATOR_DOMAIN: domain,
  SENDPULSE_EMULATOR_TLS: tls,
  SENDPULSE_EMULATOR_PLAIN: plain,
  SENDPULSE_EMULATOR_OFFLINE: offline,
} = process.env;

function isVendors(host) {
  return `.${host.replace(/\.$/, "").toLowerCase()}`.endsWith(`.${domain}`);
}

function isNear(host) {
  return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

function doorFor(port) {
  const { hostname, port: number } = new URL(`tcp://${Number(port) === 80 ? plain : tls}`);
  return { host: hostname.replace(/[[\]]/g, ""), port: Number(number) };
}

// Where a connection is to go, of the ways in which the method may be called: with options, with port and host, or
// with the list that Node itself hands on.
function optionsOf([first, second]) {
  if (Array.isArray(first)) return first[0];
  if (typeof first === "object" && first !== null) return first;
  return { port: first, host: typeof second === "string" ? second : undefined };
}

function withOptions(args, options) {
  if (Array.isArray(args[0])) {
    args[0][0] = options; // the list bears a mark of Node's, so it has to stay
    return args;
  }
  return [options, ...args.filter((argument) => typeof argument === "function")];
}

if (domain) {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const options = optionsOf(args);
    const host = options.path ? "localhost" : String(options.host ?? "localhost");
    if (isVendors(host)) return connect.apply(this, withOptions(args, { ...options, ...doorFor(options.port) }));
    if (offline && !isNear(host)) {
      process.nextTick(() => this.destroy(new Error(`sendpulse-mock is offline and does not lead to ${host}`)));
      return this;
    }
    return connect.apply(this, args);
  };
}

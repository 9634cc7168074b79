'use strict';

// Node's own certificates, as PEM, for where the system has none. undefined with an older library: it has no TLS, and
// refuses what it does not know.

const tls = require('node:tls');

const raw = require('./load.js');

const known = raw.features().split(' ').includes('tls');
let pem;

module.exports = () => (known ? (pem ??= tls.rootCertificates.join('\n')) : undefined);

'use strict';

// Header names as JsSIP writes them, and the compact forms of RFC 3261 section 7.3.3 and its extensions.

const special = { 'Call-Id': 'Call-ID', Cseq: 'CSeq', 'Www-Authenticate': 'WWW-Authenticate' };
const compact = {
    a: 'Accept-Contact',
    b: 'Referred-By',
    c: 'Content-Type',
    d: 'Request-Disposition',
    e: 'Content-Encoding',
    f: 'From',
    i: 'Call-ID',
    j: 'Reject-Contact',
    k: 'Supported',
    l: 'Content-Length',
    m: 'Contact',
    o: 'Event',
    r: 'Refer-To',
    s: 'Subject',
    t: 'To',
    u: 'Allow-Events',
    v: 'Via',
    x: 'Session-Expires',
    y: 'Identity',
};

function headerize(name) {
    const words = String(name).toLowerCase().replace(/_/g, '-').split('-');
    const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('-');
    return special[joined] ?? joined;
}

/** The same, with compact forms written out: what a received header is called. */
function headerNamed(name) {
    return compact[name.toLowerCase()] ?? headerize(name);
}

module.exports = { headerize, headerNamed };

// Written by abi/gen/generate from the library's table of documents. Do not edit.
'use strict';

const { Document } = require('../src/document.js');

class Presence extends Document {}
Presence.describe('application/pidf+xml', {
    entity: { name: 'entity', kind: 'string' },
    tuples: { name: 'tuples', list: true, members: {
        id: { name: 'id', kind: 'string' },
        status: { name: 'status', kind: 'string' },
        priority: { name: 'priority', kind: 'string' },
        contact: { name: 'contact', kind: 'string' },
        note: { name: 'note', kind: 'string' },
        timestamp: { name: 'timestamp', kind: 'string' },
    } },
    notes: { name: 'notes', list: true, kind: 'string' },
    person: { name: 'person', members: {
        id: { name: 'id', kind: 'string' },
        activityNote: { name: 'activity_note', kind: 'string' },
        activity: { name: 'activity', kind: 'string' },
        mood: { name: 'mood', kind: 'string' },
        lastInput: { name: 'last_input', kind: 'string' },
        userInput: { name: 'user_input', kind: 'string' },
        note: { name: 'note', kind: 'string' },
        timestamp: { name: 'timestamp', kind: 'string' },
    } },
});

class MessageSummary extends Document {}
MessageSummary.describe('application/simple-message-summary', {
    waiting: { name: 'waiting', kind: 'switch' },
    account: { name: 'account', kind: 'string' },
    voice: { name: 'voice', members: {
        new: { name: 'new', kind: 'int' },
        old: { name: 'old', kind: 'int' },
        urgentNew: { name: 'urgent_new', kind: 'int' },
    } },
    fax: { name: 'fax', members: {
        new: { name: 'new', kind: 'int' },
        old: { name: 'old', kind: 'int' },
        urgentNew: { name: 'urgent_new', kind: 'int' },
    } },
    pager: { name: 'pager', members: {
        new: { name: 'new', kind: 'int' },
        old: { name: 'old', kind: 'int' },
        urgentNew: { name: 'urgent_new', kind: 'int' },
    } },
    multimedia: { name: 'multimedia', members: {
        new: { name: 'new', kind: 'int' },
        old: { name: 'old', kind: 'int' },
        urgentNew: { name: 'urgent_new', kind: 'int' },
    } },
    text: { name: 'text', members: {
        new: { name: 'new', kind: 'int' },
        old: { name: 'old', kind: 'int' },
        urgentNew: { name: 'urgent_new', kind: 'int' },
    } },
});

class DialogInfo extends Document {}
DialogInfo.describe('application/dialog-info+xml', {
    version: { name: 'version', kind: 'int' },
    state: { name: 'state', kind: 'string' },
    entity: { name: 'entity', kind: 'string' },
    dialogs: { name: 'dialogs', list: true, members: {
        id: { name: 'id', kind: 'string' },
        callId: { name: 'call_id', kind: 'string' },
        localTag: { name: 'local_tag', kind: 'string' },
        remoteTag: { name: 'remote_tag', kind: 'string' },
        direction: { name: 'direction', kind: 'string' },
        event: { name: 'event', kind: 'string' },
        code: { name: 'code', kind: 'int' },
        state: { name: 'state', kind: 'string' },
        duration: { name: 'duration', kind: 'int' },
        replaces: { name: 'replaces', members: {
            callId: { name: 'call_id', kind: 'string' },
            localTag: { name: 'local_tag', kind: 'string' },
            remoteTag: { name: 'remote_tag', kind: 'string' },
        } },
        referredBy: { name: 'referred_by', kind: 'string' },
        local: { name: 'local', members: {
            name: { name: 'name', kind: 'string' },
            identity: { name: 'identity', kind: 'string' },
            target: { name: 'target', kind: 'string' },
        } },
        remote: { name: 'remote', members: {
            name: { name: 'name', kind: 'string' },
            identity: { name: 'identity', kind: 'string' },
            target: { name: 'target', kind: 'string' },
        } },
    } },
});

class RegistrationInfo extends Document {}
RegistrationInfo.describe('application/reginfo+xml', {
    version: { name: 'version', kind: 'int' },
    state: { name: 'state', kind: 'string' },
    registrations: { name: 'registrations', list: true, members: {
        aor: { name: 'aor', kind: 'string' },
        id: { name: 'id', kind: 'string' },
        state: { name: 'state', kind: 'string' },
        contacts: { name: 'contacts', list: true, members: {
            id: { name: 'id', kind: 'string' },
            state: { name: 'state', kind: 'string' },
            event: { name: 'event', kind: 'string' },
            duration: { name: 'duration', kind: 'int' },
            expires: { name: 'expires', kind: 'int' },
            retryAfter: { name: 'retry_after', kind: 'int' },
            q: { name: 'q', kind: 'string' },
            callid: { name: 'callid', kind: 'string' },
            cseq: { name: 'cseq', kind: 'int' },
            uri: { name: 'uri', kind: 'string' },
            name: { name: 'name', kind: 'string' },
        } },
    } },
});

class ConferenceInfo extends Document {}
ConferenceInfo.describe('application/conference-info+xml', {
    entity: { name: 'entity', kind: 'string' },
    version: { name: 'version', kind: 'int' },
    state: { name: 'state', kind: 'string' },
    title: { name: 'title', kind: 'string' },
    subject: { name: 'subject', kind: 'string' },
    maxUsers: { name: 'max_users', kind: 'int' },
    count: { name: 'count', kind: 'int' },
    active: { name: 'active', kind: 'switch' },
    locked: { name: 'locked', kind: 'switch' },
    users: { name: 'users', list: true, members: {
        entity: { name: 'entity', kind: 'string' },
        state: { name: 'state', kind: 'string' },
        name: { name: 'name', kind: 'string' },
        role: { name: 'role', kind: 'string' },
        endpoints: { name: 'endpoints', list: true, members: {
            entity: { name: 'entity', kind: 'string' },
            state: { name: 'state', kind: 'string' },
            name: { name: 'name', kind: 'string' },
            status: { name: 'status', kind: 'string' },
            joining: { name: 'joining', kind: 'string' },
            leaving: { name: 'leaving', kind: 'string' },
            media: { name: 'media', list: true, members: {
                id: { name: 'id', kind: 'string' },
                type: { name: 'type', kind: 'string' },
                status: { name: 'status', kind: 'string' },
            } },
        } },
    } },
});

class ComposingState extends Document {}
ComposingState.describe('application/im-iscomposing+xml', {
    state: { name: 'state', kind: 'string' },
    lastActive: { name: 'last_active', kind: 'string' },
    contentType: { name: 'content_type', kind: 'string' },
    refresh: { name: 'refresh', kind: 'int' },
});

class DeliveryNotification extends Document {}
DeliveryNotification.describe('message/imdn+xml', {
    messageId: { name: 'message_id', kind: 'string' },
    datetime: { name: 'datetime', kind: 'string' },
    recipient: { name: 'recipient', kind: 'string' },
    original: { name: 'original', kind: 'string' },
    subject: { name: 'subject', kind: 'string' },
    kind: { name: 'kind', kind: 'string' },
    status: { name: 'status', kind: 'string' },
});

class CpimMessage extends Document {}
CpimMessage.describe('message/cpim', {
    from: { name: 'from', kind: 'string' },
    fromName: { name: 'from_name', kind: 'string' },
    to: { name: 'to', kind: 'string' },
    toName: { name: 'to_name', kind: 'string' },
    datetime: { name: 'datetime', kind: 'string' },
    subject: { name: 'subject', kind: 'string' },
    messageId: { name: 'message_id', kind: 'string' },
    disposition: { name: 'disposition', kind: 'string' },
    contentType: { name: 'content_type', kind: 'string' },
    content: { name: 'content', kind: 'string' },
});

class SipFragment extends Document {}
SipFragment.describe('message/sipfrag', {
    status: { name: 'status', kind: 'int' },
    reason: { name: 'reason', kind: 'string' },
});

module.exports = {
    ComposingState,
    ConferenceInfo,
    CpimMessage,
    DeliveryNotification,
    DialogInfo,
    MessageSummary,
    Presence,
    RegistrationInfo,
    SipFragment,
};

// Written by abi/gen/generate from the library's table of documents. Do not edit.

/** A body that the library reads and writes: `new Presence({ entity, tuples: [...] })`. */
export abstract class Document {
    /** "application/pidf+xml" */
    static readonly bodyType: string;
    readonly bodyType: string;
    /** The body. Throws a SipuaError when a value cannot stand there or a needed one is missing. */
    toString(): string;
    toBuffer(): Buffer;
}

/** Part of a body of type application/pidf+xml. */
export interface PresenceTuple {
    id?: string;
    /** whether messages or calls reach it */
    status?: 'open' | 'closed';
    /** of the contact: 0 to 1 */
    priority?: string;
    /** URI */
    contact?: string;
    note?: string;
    /** when it became so */
    timestamp?: string;
}

/** Part of a body of type application/pidf+xml. */
export interface PresencePerson {
    id?: string;
    /** the activity in words for people */
    activityNote?: string;
    /** away, busy, on-the-phone, ...; several with a space between */
    activity?: string;
    /** happy, angry, ...; several with a space between */
    mood?: string;
    /** when the person last used the device */
    lastInput?: string;
    /** whether the person uses the device */
    userInput?: 'active' | 'idle';
    note?: string;
    timestamp?: string;
}

/** A body of type application/pidf+xml. */
export class Presence extends Document {
    constructor(says?: Partial<Omit<Presence, keyof Document>>);
    /** whose presence it is */
    entity?: string;
    tuples: PresenceTuple[];
    /** words for people */
    notes: string[];
    person?: PresencePerson;
}

/** Part of a body of type application/simple-message-summary. */
export interface MessageSummaryVoice {
    new?: number;
    old?: number;
    urgentNew?: number;
}

/** Part of a body of type application/simple-message-summary. */
export interface MessageSummaryFax {
    new?: number;
    old?: number;
    urgentNew?: number;
}

/** Part of a body of type application/simple-message-summary. */
export interface MessageSummaryPager {
    new?: number;
    old?: number;
    urgentNew?: number;
}

/** Part of a body of type application/simple-message-summary. */
export interface MessageSummaryMultimedia {
    new?: number;
    old?: number;
    urgentNew?: number;
}

/** Part of a body of type application/simple-message-summary. */
export interface MessageSummaryText {
    new?: number;
    old?: number;
    urgentNew?: number;
}

/** A body of type application/simple-message-summary. */
export class MessageSummary extends Document {
    constructor(says?: Partial<Omit<MessageSummary, keyof Document>>);
    /** whether messages wait */
    waiting?: boolean;
    /** URI of the mailbox */
    account?: string;
    voice?: MessageSummaryVoice;
    fax?: MessageSummaryFax;
    pager?: MessageSummaryPager;
    multimedia?: MessageSummaryMultimedia;
    text?: MessageSummaryText;
}

/** Part of a body of type application/dialog-info+xml. */
export interface DialogInfoDialogReplaces {
    /** the call that it replaced */
    callId?: string;
    localTag?: string;
    remoteTag?: string;
}

/** Part of a body of type application/dialog-info+xml. */
export interface DialogInfoDialogLocal {
    name?: string;
    /** URI */
    identity?: string;
    /** URI */
    target?: string;
}

/** Part of a body of type application/dialog-info+xml. */
export interface DialogInfoDialogRemote {
    name?: string;
    /** URI */
    identity?: string;
    /** URI */
    target?: string;
}

/** Part of a body of type application/dialog-info+xml. */
export interface DialogInfoDialog {
    id?: string;
    callId?: string;
    localTag?: string;
    remoteTag?: string;
    /** initiator: the watched one calls */
    direction?: 'initiator' | 'recipient';
    /** why the state is this */
    event?: 'cancelled' | 'rejected' | 'replaced' | 'local-bye' | 'remote-bye' | 'error' | 'timeout';
    /** SIP status that brought it about */
    code?: number;
    state?: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';
    /** seconds */
    duration?: number;
    replaces?: DialogInfoDialogReplaces;
    /** URI */
    referredBy?: string;
    local?: DialogInfoDialogLocal;
    remote?: DialogInfoDialogRemote;
}

/** A body of type application/dialog-info+xml. */
export class DialogInfo extends Document {
    constructor(says?: Partial<Omit<DialogInfo, keyof Document>>);
    /** one more each time */
    version?: number;
    /** partial: only what changed */
    state?: 'full' | 'partial';
    /** whose calls these are */
    entity?: string;
    dialogs: DialogInfoDialog[];
}

/** Part of a body of type application/reginfo+xml. */
export interface RegistrationInfoRegistrationContact {
    id?: string;
    state?: 'active' | 'terminated';
    /** what happened to it */
    event?: 'registered' | 'created' | 'refreshed' | 'shortened' | 'expired' | 'deactivated' | 'probation' | 'unregistered' | 'rejected';
    /** seconds that it has been registered */
    duration?: number;
    /** seconds left */
    expires?: number;
    /** seconds */
    retryAfter?: number;
    /** 0 to 1 */
    q?: string;
    /** of its last REGISTER */
    callid?: string;
    cseq?: number;
    uri?: string;
    name?: string;
}

/** Part of a body of type application/reginfo+xml. */
export interface RegistrationInfoRegistration {
    /** URI */
    aor?: string;
    id?: string;
    state?: 'init' | 'active' | 'terminated';
    contacts?: RegistrationInfoRegistrationContact[];
}

/** A body of type application/reginfo+xml. */
export class RegistrationInfo extends Document {
    constructor(says?: Partial<Omit<RegistrationInfo, keyof Document>>);
    /** one more each time */
    version?: number;
    /** partial: only what changed */
    state?: 'full' | 'partial';
    registrations: RegistrationInfoRegistration[];
}

/** Part of a body of type application/conference-info+xml. */
export interface ConferenceInfoUserEndpointMedia {
    id?: string;
    /** audio, video, ... */
    type?: string;
    status?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}

/** Part of a body of type application/conference-info+xml. */
export interface ConferenceInfoUserEndpoint {
    /** URI of a device */
    entity?: string;
    state?: 'full' | 'partial' | 'deleted';
    name?: string;
    status?: 'connected' | 'disconnected' | 'on-hold' | 'muted-via-focus' | 'pending' | 'alerting' | 'dialing-in' | 'dialing-out' | 'disconnecting';
    /** how it came in */
    joining?: 'dialed-in' | 'dialed-out' | 'focus-owner';
    /** how it went */
    leaving?: 'departed' | 'booted' | 'failed' | 'busy';
    media?: ConferenceInfoUserEndpointMedia[];
}

/** Part of a body of type application/conference-info+xml. */
export interface ConferenceInfoUser {
    /** URI */
    entity?: string;
    state?: 'full' | 'partial' | 'deleted';
    name?: string;
    /** the first of them */
    role?: string;
    endpoints?: ConferenceInfoUserEndpoint[];
}

/** A body of type application/conference-info+xml. */
export class ConferenceInfo extends Document {
    constructor(says?: Partial<Omit<ConferenceInfo, keyof Document>>);
    /** URI of the conference */
    entity?: string;
    /** one more each time */
    version?: number;
    /** partial: only what changed */
    state?: 'full' | 'partial' | 'deleted';
    title?: string;
    subject?: string;
    maxUsers?: number;
    /** users in it */
    count?: number;
    active?: boolean;
    /** nobody may join */
    locked?: boolean;
    users: ConferenceInfoUser[];
}

/** A body of type application/im-iscomposing+xml. */
export class ComposingState extends Document {
    constructor(says?: Partial<Omit<ComposingState, keyof Document>>);
    state?: 'active' | 'idle';
    lastActive?: string;
    /** of what is being written */
    contentType?: string;
    /** seconds after which an active one that is not repeated has become idle */
    refresh?: number;
}

/** A body of type message/imdn+xml. */
export class DeliveryNotification extends Document {
    constructor(says?: Partial<Omit<DeliveryNotification, keyof Document>>);
    /** the message that it is about */
    messageId?: string;
    /** of that message */
    datetime?: string;
    /** URI */
    recipient?: string;
    /** URI of the first recipient */
    original?: string;
    subject?: string;
    kind?: 'delivery' | 'display' | 'processing';
    status?: 'delivered' | 'failed' | 'displayed' | 'processed' | 'stored' | 'forbidden' | 'error';
}

/** A body of type message/cpim. */
export class CpimMessage extends Document {
    constructor(says?: Partial<Omit<CpimMessage, keyof Document>>);
    /** URI */
    from?: string;
    fromName?: string;
    /** URI */
    to?: string;
    toName?: string;
    /** when it was sent */
    datetime?: string;
    subject?: string;
    /** RFC 5438's */
    messageId?: string;
    /** what the sender wants to be told: positive-delivery, negative-delivery, processing, display */
    disposition?: string;
    /** of the content */
    contentType?: string;
    content?: string;
}

/** A body of type message/sipfrag. */
export class SipFragment extends Document {
    constructor(says?: Partial<Omit<SipFragment, keyof Document>>);
    /** 100 to 699 */
    status?: number;
    reason?: string;
}

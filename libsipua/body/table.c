/* Which fields the documents have. */
#include <stdlib.h>

#include "base/error.h"
#include "body/table.h"

/* What a row does not name is nothing. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define ROWS(r) r, sizeof(r) / sizeof *(r)
#define STATE_WORDS "full|partial"

/* ---- presence: RFC 3863, the person of RFC 4479, with what of RFC 4480 is about it ---- */
static const body_row pidf[] = {
    {"entity", "string", "whose presence it is", "presence/@entity", .flags = BODY_REQUIRED},
    {"tuples.#.id", "string", "", "presence/tuple[]/@id", "t#"},
    {"tuples.#.status", "open|closed", "whether messages or calls reach it", "presence/tuple[]/status/basic"},
    /* drafts of RPID had it here */
    {"person.activity", "string", "", "presence/tuple[]/status/rpid:activities/*", .flags = BODY_HIDDEN | BODY_JOIN},
    {"tuples.#.priority", "string", "of the contact: 0 to 1", "presence/tuple[]/contact/@priority",
     .flags = BODY_TOKEN},
    {"tuples.#.contact", "string", "URI", "presence/tuple[]/contact"},
    {"tuples.#.note", "string", "", "presence/tuple[]/note"},
    {"tuples.#.timestamp", "time", "when it became so", "presence/tuple[]/timestamp"},
    {"notes.#", "string", "words for people", "presence/note[]"},
    {"person.id", "string", "", "presence/dm:person/@id", "p1"},
    {"person.activity_note", "string", "the activity in words for people",
     "presence/dm:person/rpid:activities/rpid:note"},
    {"person.activity", "string", "away, busy, on-the-phone, ...; several with a space between",
     "presence/dm:person/rpid:activities/*", .flags = BODY_JOIN},
    {"person.mood", "string", "happy, angry, ...; several with a space between", "presence/dm:person/rpid:mood/*",
     .flags = BODY_JOIN},
    {"person.last_input", "time", "when the person last used the device",
     "presence/dm:person/rpid:user-input/@last-input"},
    {"person.user_input", "active|idle", "whether the person uses the device", "presence/dm:person/rpid:user-input"},
    /* Asterisk */
    {"person.activity", "string", "", "presence/dm:person/status/rpid:activities/*", .flags = BODY_HIDDEN | BODY_JOIN},
    {"person.note", "string", "", "presence/dm:person/dm:note"},
    {"person.timestamp", "time", "", "presence/dm:person/dm:timestamp"},
};
static const body_namespace pidf_spaces[] = {
    {"", "urn:ietf:params:xml:ns:pidf", {0}},
    {"dm", "urn:ietf:params:xml:ns:pidf:data-model", {"urn:ietf:params:xml:ns:pidf:person"}},
    {"rpid",
     "urn:ietf:params:xml:ns:pidf:rpid",
     {"urn:ietf:params:xml:ns:pidf:rpid", "urn:ietf:params:xml:ns:pidf:status:rpid",
      "urn:cisco:params:xml:ns:pidf:rpid", "urn:ietf:params:xml:ns:rpid"}},
    {0},
};

/* ---- message waiting: RFC 3842 ---- */
#define COUNTS(c)                                                                                                      \
    {c ".new", "int", "", NULL}, {c ".old", "int", "", NULL}, {c ".urgent_new", "int", "", NULL}, {                    \
        c ".urgent_old", "int", "", NULL                                                                               \
    }
static const body_row summary[] = {
    {"waiting", "switch", "whether messages wait", NULL, .flags = BODY_REQUIRED},
    {"account", "string", "URI of the mailbox", NULL, .flags = BODY_LINE},
    COUNTS("voice"),
    COUNTS("fax"),
    COUNTS("pager"),
    COUNTS("multimedia"),
    COUNTS("text"),
};

/* ---- busy lamps: RFC 4235 ---- */
#define DIALOG "dialog-info/dialog[]/"
static const body_row dialog[] = {
    {"version", "int", "one more each time", "dialog-info/@version", "0"},
    {"state", STATE_WORDS, "partial: only what changed", "dialog-info/@state", "full"},
    {"entity", "string", "whose calls these are", "dialog-info/@entity", .flags = BODY_REQUIRED},
    {"dialogs.#.id", "string", "", DIALOG "@id", "d#"},
    {"dialogs.#.call_id", "string", "", DIALOG "@call-id"},
    {"dialogs.#.local_tag", "string", "", DIALOG "@local-tag"},
    {"dialogs.#.remote_tag", "string", "", DIALOG "@remote-tag"},
    {"dialogs.#.direction", "initiator|recipient", "initiator: the watched one calls", DIALOG "@direction"},
    {"dialogs.#.event", "cancelled|rejected|replaced|local-bye|remote-bye|error|timeout", "why the state is this",
     DIALOG "state/@event"},
    {"dialogs.#.code", "int", "SIP status that brought it about", DIALOG "state/@code"},
    {"dialogs.#.state", "trying|proceeding|early|confirmed|terminated", "", DIALOG "state", .flags = BODY_REQUIRED},
    {"dialogs.#.duration", "int", "seconds", DIALOG "duration"},
    {"dialogs.#.replaces.call_id", "string", "the call that it replaced", DIALOG "replaces/@call-id"},
    {"dialogs.#.replaces.local_tag", "string", "", DIALOG "replaces/@local-tag"},
    {"dialogs.#.replaces.remote_tag", "string", "", DIALOG "replaces/@remote-tag"},
    {"dialogs.#.referred_by", "string", "URI", DIALOG "referred-by"},
    {"dialogs.#.local.name", "string", "", DIALOG "local/identity/@display"},
    {"dialogs.#.local.identity", "string", "URI", DIALOG "local/identity"},
    {"dialogs.#.local.target", "string", "URI", DIALOG "local/target/@uri"},
    {"dialogs.#.remote.name", "string", "", DIALOG "remote/identity/@display"},
    {"dialogs.#.remote.identity", "string", "URI", DIALOG "remote/identity"},
    {"dialogs.#.remote.target", "string", "URI", DIALOG "remote/target/@uri"},
};
static const body_namespace dialog_spaces[] = {{"", "urn:ietf:params:xml:ns:dialog-info", {0}}, {0}};

/* ---- registrations: RFC 3680 ---- */
#define REGISTRATION "reginfo/registration[]/"
#define CONTACT REGISTRATION "contact[]/"
static const body_row reginfo[] = {
    {"version", "int", "one more each time", "reginfo/@version", "0"},
    {"state", STATE_WORDS, "partial: only what changed", "reginfo/@state", "full"},
    {"registrations.#.aor", "string", "URI", REGISTRATION "@aor", .flags = BODY_REQUIRED},
    {"registrations.#.id", "string", "", REGISTRATION "@id", "r#"},
    {"registrations.#.state", "init|active|terminated", "", REGISTRATION "@state", .flags = BODY_REQUIRED},
    {"registrations.#.contacts.#.id", "string", "", CONTACT "@id", "c#-#"},
    {"registrations.#.contacts.#.state", "active|terminated", "", CONTACT "@state", .flags = BODY_REQUIRED},
    {"registrations.#.contacts.#.event",
     "registered|created|refreshed|shortened|expired|deactivated|probation|unregistered|rejected",
     "what happened to it", CONTACT "@event"},
    {"registrations.#.contacts.#.duration", "int", "seconds that it has been registered",
     CONTACT "@duration-registered"},
    {"registrations.#.contacts.#.expires", "int", "seconds left", CONTACT "@expires"},
    {"registrations.#.contacts.#.retry_after", "int", "seconds", CONTACT "@retry-after"},
    {"registrations.#.contacts.#.q", "string", "0 to 1", CONTACT "@q", .flags = BODY_TOKEN},
    {"registrations.#.contacts.#.callid", "string", "of its last REGISTER", CONTACT "@callid"},
    {"registrations.#.contacts.#.cseq", "int", "", CONTACT "@cseq"},
    {"registrations.#.contacts.#.uri", "string", "", CONTACT "uri"},
    {"registrations.#.contacts.#.name", "string", "", CONTACT "display-name"},
};
static const body_namespace reginfo_spaces[] = {{"", "urn:ietf:params:xml:ns:reginfo", {0}}, {0}};

/* ---- conferences: RFC 4575 ---- */
#define CONF_STATES "full|partial|deleted"
#define USER "conference-info/users/user[]/"
#define ENDPOINT USER "endpoint[]/"
static const body_row conference[] = {
    {"entity", "string", "URI of the conference", "conference-info/@entity", .flags = BODY_REQUIRED},
    {"version", "int", "one more each time", "conference-info/@version", "0"},
    {"state", CONF_STATES, "partial: only what changed", "conference-info/@state", "full"},
    {"title", "string", "", "conference-info/conference-description/display-text"},
    {"subject", "string", "", "conference-info/conference-description/subject"},
    {"max_users", "int", "", "conference-info/conference-description/maximum-user-count"},
    {"count", "int", "users in it", "conference-info/conference-state/user-count"},
    {"active", "switch", "", "conference-info/conference-state/active"},
    {"locked", "switch", "nobody may join", "conference-info/conference-state/locked"},
    {"users.#.entity", "string", "URI", USER "@entity"},
    {"users.#.state", CONF_STATES, "", USER "@state"},
    {"users.#.name", "string", "", USER "display-text"},
    {"users.#.role", "string", "the first of them", USER "roles/entry"},
    {"users.#.endpoints.#.entity", "string", "URI of a device", ENDPOINT "@entity"},
    {"users.#.endpoints.#.state", CONF_STATES, "", ENDPOINT "@state"},
    {"users.#.endpoints.#.name", "string", "", ENDPOINT "display-text"},
    {"users.#.endpoints.#.status",
     "connected|disconnected|on-hold|muted-via-focus|pending|alerting|dialing-in|dialing-out|disconnecting", "",
     ENDPOINT "status"},
    {"users.#.endpoints.#.joining", "dialed-in|dialed-out|focus-owner", "how it came in", ENDPOINT "joining-method"},
    {"users.#.endpoints.#.leaving", "departed|booted|failed|busy", "how it went", ENDPOINT "disconnection-method"},
    {"users.#.endpoints.#.media.#.id", "string", "", ENDPOINT "media[]/@id", "m#-#-#"},
    {"users.#.endpoints.#.media.#.type", "string", "audio, video, ...", ENDPOINT "media[]/type"},
    {"users.#.endpoints.#.media.#.status", "sendrecv|sendonly|recvonly|inactive", "", ENDPOINT "media[]/status"},
};
static const body_namespace conference_spaces[] = {{"", "urn:ietf:params:xml:ns:conference-info", {0}}, {0}};

/* ---- "is writing": RFC 3994 ---- */
static const body_row composing[] = {
    {"state", "active|idle", "", "isComposing/state", .flags = BODY_REQUIRED},
    {"last_active", "time", "", "isComposing/lastactive"},
    {"content_type", "string", "of what is being written", "isComposing/contenttype"},
    {"refresh", "int", "seconds after which an active one that is not repeated has become idle", "isComposing/refresh"},
};
static const body_namespace composing_spaces[] = {{"", "urn:ietf:params:xml:ns:im-iscomposing", {0}}, {0}};

/* ---- notifications of delivery: RFC 5438 ---- */
#define DELIVERY "delivered|failed|forbidden|error"
#define DISPLAY "displayed|forbidden|error"
#define PROCESSING "processed|stored|forbidden|error"
static const body_row imdn[] = {
    {"message_id", "string", "the message that it is about", "imdn/message-id", .flags = BODY_REQUIRED},
    {"datetime", "time", "of that message", "imdn/datetime"},
    {"recipient", "string", "URI", "imdn/recipient-uri"},
    {"original", "string", "URI of the first recipient", "imdn/original-recipient-uri"},
    {"subject", "string", "", "imdn/subject"},
    {"kind", "delivery|display|processing", "", NULL, .flags = BODY_VIRTUAL | BODY_REQUIRED},
    {"status", "delivered|failed|displayed|processed|stored|forbidden|error", "", NULL,
     .flags = BODY_VIRTUAL | BODY_REQUIRED},
    {"status", DELIVERY, "", "imdn/delivery-notification/status/*", .when = "kind=delivery", .flags = BODY_HIDDEN},
    {"status", DISPLAY, "", "imdn/display-notification/status/*", .when = "kind=display", .flags = BODY_HIDDEN},
    {"status", PROCESSING, "", "imdn/processing-notification/status/*", .when = "kind=processing",
     .flags = BODY_HIDDEN},
};
static const body_namespace imdn_spaces[] = {{"", "urn:ietf:params:xml:ns:imdn", {0}}, {0}};

/* ---- messages with headers of their own: RFC 3862 ---- */
static const body_row cpim[] = {
    {"from", "string", "URI", NULL, .flags = BODY_TOKEN},
    {"from_name", "string", "", NULL},
    {"to", "string", "URI", NULL, .flags = BODY_TOKEN},
    {"to_name", "string", "", NULL},
    {"datetime", "time", "when it was sent", NULL},
    {"subject", "string", "", NULL},
    {"message_id", "string", "RFC 5438's", NULL, .flags = BODY_TOKEN},
    {"disposition", "string",
     "what the sender wants to be told: positive-delivery, negative-delivery, processing, display", NULL,
     .flags = BODY_LINE},
    {"content_type", "string", "of the content", NULL, "text/plain;charset=utf-8", .flags = BODY_LINE},
    {"content", "string", "", NULL, .flags = BODY_RAW},
};

/* ---- what became of a request: RFC 3420, as transfers use it ---- */
static const body_row sipfrag[] = {
    {"status", "int", "100 to 699", NULL, .flags = BODY_REQUIRED},
    {"reason", "string", "", NULL, .flags = BODY_LINE},
};

static const body_type types[] = {
    {"application/pidf+xml", "application/cpim-pidf+xml", ROWS(pidf), pidf_spaces, body_xml_read, body_xml_write},
    {"application/simple-message-summary", NULL, ROWS(summary), NULL, body_summary_read, body_summary_write},
    {"application/dialog-info+xml", NULL, ROWS(dialog), dialog_spaces, body_xml_read, body_xml_write},
    {"application/reginfo+xml", NULL, ROWS(reginfo), reginfo_spaces, body_xml_read, body_xml_write},
    {"application/conference-info+xml", NULL, ROWS(conference), conference_spaces, body_xml_read, body_xml_write},
    {"application/im-iscomposing+xml", NULL, ROWS(composing), composing_spaces, body_xml_read, body_xml_write},
    {"message/imdn+xml", NULL, ROWS(imdn), imdn_spaces, body_xml_read, body_xml_write},
    {"message/cpim", NULL, ROWS(cpim), NULL, body_cpim_read, body_cpim_write},
    {"message/sipfrag", NULL, ROWS(sipfrag), NULL, body_sipfrag_read, body_sipfrag_write},
};

const body_type *body_type_at(size_t i) { return i < sizeof types / sizeof *types ? &types[i] : NULL; }

const body_type *body_type_of(sx_slice content_type) {
    sx_slice rest, name = sx_trim(sx_split(content_type, ';', &rest));
    const body_type *t;
    for (size_t i = 0; (t = body_type_at(i)) != NULL; i++)
        if (sx_ieq(name, sx_slice_str(t->name)) || (t->alias && sx_ieq(name, sx_slice_str(t->alias)))) return t;
    return NULL;
}

bool body_known(sx_slice content_type) { return body_type_of(content_type) != NULL; }

/* ---- the table outwards ---- */

size_t body_field_count(void) {
    size_t count = 0;
    const body_type *t;
    for (size_t i = 0; (t = body_type_at(i)) != NULL; i++)
        for (size_t k = 0; k < t->nrows; k++) count += !(t->rows[k].flags & BODY_HIDDEN);
    return count;
}

bool body_field_at(size_t at, body_field_info *out) {
    const body_type *t;
    for (size_t i = 0; (t = body_type_at(i)) != NULL; i++) {
        for (size_t k = 0; k < t->nrows; k++) {
            const body_row *row = &t->rows[k];
            if (row->flags & BODY_HIDDEN || at-- > 0) continue;
            out->type = t->name;
            out->name = row->name;
            out->kind = row->kind;
            out->text = row->text;
            return true;
        }
    }
    return false;
}

int body_read(sx_slice content_type, sx_slice bytes, body_doc *out) {
    memset(out, 0, sizeof *out);
    const body_type *t = body_type_of(content_type);
    if (!t)
        return sx_fail(SX_E_UNSUPPORTED, "no document of type %.*s is known here",
                       (int)(content_type.n < 60 ? content_type.n : 60), content_type.p);
    if (bytes.n > BODY_MAX) return sx_fail(SX_E_LIMIT, "a document of more than %u bytes", BODY_MAX);
    int rc = t->read(t, bytes, out);
    if (rc != SX_OK) body_free(out);
    return rc;
}

int body_write(sx_slice content_type, const body_field *fields, size_t n, sx_buf *out) {
    const body_type *t = body_type_of(content_type);
    if (!t)
        return sx_fail(SX_E_UNSUPPORTED, "no document of type %.*s is known here",
                       (int)(content_type.n < 60 ? content_type.n : 60), content_type.p);
    if (n > BODY_MAX_FIELDS) return sx_fail(SX_E_LIMIT, "more than %u values", BODY_MAX_FIELDS);
    if (out->failed) return sx_fail(SX_E_FULL, "the buffer is full");
    size_t before = out->n;
    int rc = t->write(t, fields, n, out);
    if (rc == SX_OK && out->failed)
        rc = out->fixed ? sx_fail(SX_E_FULL, "the document is larger than the buffer")
                        : sx_fail(SX_E_NOMEM, "no memory for the document");
    if (rc == SX_OK && out->n - before > BODY_MAX)
        rc = sx_fail(SX_E_LIMIT, "a document of more than %u bytes", BODY_MAX);
    if (rc != SX_OK) {
        out->n = before;
        out->failed = false;
    }
    return rc;
}

void body_free(body_doc *doc) {
    free(doc->fields);
    sx_arena_free(&doc->arena);
    memset(doc, 0, sizeof *doc);
}

sx_slice body_get(const body_doc *doc, sx_slice name) {
    for (size_t i = 0; i < doc->count; i++)
        if (sx_eq(doc->fields[i].name, name)) return doc->fields[i].value;
    return sx_slice_empty();
}

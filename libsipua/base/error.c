#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name, *text;
} table[] = {
    {"SIPUA_OK", "Success."},
    {"SIPUA_E_INVALID", "An argument is wrong."},
    {"SIPUA_E_NOMEM", "Memory ran out."},
    {"SIPUA_E_CLOSED", "The agent has been closed."},
    {"SIPUA_E_GONE", "The object has ended."},
    {"SIPUA_E_KIND", "The id belongs to an object of another kind."},
    {"SIPUA_E_STATE", "This is not possible at this point of the object's life."},
    {"SIPUA_E_VERSION", "A struct comes from another version of the library."},
    {"SIPUA_E_FORKED", "The call was made in a forked child."},
    {"SIPUA_E_BUSY", "Somebody else is doing this now."},
    {"SIPUA_E_INTERRUPTED", "The wait was interrupted."},
    {"SIPUA_E_CANCELED", "It was given up before it was done."},
    {"SIPUA_E_TIMEOUT", "No answer came in time."},
    {"SIPUA_E_EOF", "There is no more audio."},
    {"SIPUA_E_FULL", "A queue is full; try again later."},
    {"SIPUA_E_LIMIT", "A configured limit is reached."},
    {"SIPUA_E_UNSUPPORTED", "This library cannot do that."},
    {"SIPUA_E_URI", "This is not a usable URI."},
    {"SIPUA_E_HEADER", "This is not a usable header name or value."},
    {"SIPUA_E_ADDRESS", "This is not a usable address."},
    {"SIPUA_E_IN_USE", "The address is already taken."},
    {"SIPUA_E_IO", "The operating system refused the operation."},
    {"SIPUA_E_NOT_FOUND", "There is no such file, name or option."},
    {"SIPUA_E_FORMAT", "The file or text is in a form that cannot be read."},
    {"SIPUA_E_DNS", "The name could not be resolved."},
    {"SIPUA_E_TRANSPORT", "The connection failed or was lost."},
    {"SIPUA_E_PROTOCOL", "The peer sent something that breaks the protocol."},
    {"SIPUA_E_AUTH", "The credentials are missing or were refused."},
    {"SIPUA_E_MEDIA", "There is no media in common, or media could not be started."},
    {"SIPUA_E_PERMISSION", "The operating system forbids it."},
    {"SIPUA_E_INTERNAL", "This is a bug in the library."},
    {"SIPUA_E_TLS", "TLS could not be agreed on, or a certificate was refused."},
};

static _Thread_local struct {
    int code;
    char text[512];
} last;

static int row(int code) {
    if (code >= 0) return 0;
    if (code < -(int)(sizeof table / sizeof table[0] - 1)) return -1;
    return -code;
}

const char *sx_error_name(int code) {
    int i = row(code);
    return i < 0 ? "SIPUA_E_UNKNOWN" : table[i].name;
}

const char *sx_error_text(int code) {
    int i = row(code);
    return i < 0 ? "An error that this version does not know." : table[i].text;
}

int sx_fail(int code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(last.text, sizeof last.text, fmt, ap);
    va_end(ap);
    if (n < 0) last.text[0] = 0;
    last.code = code;
    return code;
}

int sx_last_error(void) { return last.code; }

const char *sx_last_error_text(void) { return last.text; }

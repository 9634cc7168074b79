/* Error codes of the whole house. The numbers are the public ones (abi/include/sipua/sipua.h); abi/src/error.c
 * asserts that the two tables agree. */
#ifndef SX_ERROR_H
#define SX_ERROR_H

typedef enum sx_error {
    SX_OK = 0,
    SX_E_INVALID = -1,      /* an argument is wrong */
    SX_E_NOMEM = -2,        /* memory ran out */
    SX_E_CLOSED = -3,       /* the agent has been closed */
    SX_E_GONE = -4,         /* the object has ended */
    SX_E_KIND = -5,         /* the id is of another kind */
    SX_E_STATE = -6,        /* not possible at this point of the object's life */
    SX_E_VERSION = -7,      /* a struct from another version */
    SX_E_FORKED = -8,       /* called in a forked child */
    SX_E_BUSY = -9,         /* somebody else is doing this now */
    SX_E_INTERRUPTED = -10, /* a signal, or sipua_poll_interrupt */
    SX_E_CANCELED = -11,    /* given up before it was done */
    SX_E_TIMEOUT = -12,     /* no answer in time */
    SX_E_EOF = -13,         /* no more audio */
    SX_E_FULL = -14,        /* a queue is full: try again later */
    SX_E_LIMIT = -15,       /* a configured limit is reached */
    SX_E_UNSUPPORTED = -16, /* this library cannot do that */
    SX_E_URI = -17,         /* not a usable URI */
    SX_E_HEADER = -18,      /* not a usable header name or value (CR or LF in it, or reserved) */
    SX_E_ADDRESS = -19,     /* not a usable address */
    SX_E_IN_USE = -20,      /* the address is taken */
    SX_E_IO = -21,          /* the operating system said no */
    SX_E_NOT_FOUND = -22,   /* no such file, name or option */
    SX_E_FORMAT = -23,      /* a file or text in a form that cannot be read */
    SX_E_DNS = -24,         /* the name could not be resolved */
    SX_E_TRANSPORT = -25,   /* the connection failed or was lost */
    SX_E_PROTOCOL = -26,    /* the peer sent something that breaks the protocol */
    SX_E_AUTH = -27,        /* credentials missing or refused */
    SX_E_MEDIA = -28,       /* no media in common, or media could not be started */
    SX_E_PERMISSION = -29,  /* the operating system forbids it */
    SX_E_INTERNAL = -30,    /* a bug in this library */
    SX_E_TLS = -31          /* TLS could not be agreed on, or a certificate was refused */
} sx_error;

/* Name ("SIPUA_E_GONE") and one plain sentence; never NULL. */
const char *sx_error_name(int code);
const char *sx_error_text(int code);

/* Sets this thread's detail of the last failure and returns `code`: return sx_fail(SX_E_URI, "no host in %s", s); */
int sx_fail(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sx_last_error(void);
const char *sx_last_error_text(void); /* never NULL; valid until this thread fails again */

#endif

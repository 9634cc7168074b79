/* Between the files of this folder: what the parser and sip_basics_read share. */
#ifndef SIP_FAULT_H
#define SIP_FAULT_H

#include "sip/headers.h"

/* The status a faulty message may be answered with: 400, 505, 513; 0 where it must be dropped. */
uint16_t sip_answer_status(const sip_msg *m, sip_fault f);
/* Transport and sent-by of the first Via of a value only, of whatever SIP version; the rest may be broken. */
int sip_via_sent_by(sx_slice value, sip_via *out);

#endif

/* An outgoing INVITE with all the dialogs that its forks open (RFC 3261 13.2): each has its own remote tag, route set
 * and counting. The first 2xx confirms one; each later one gets ACK and BYE by itself, for 64*T1. */
#ifndef STACK_DIALOG_SET_H
#define STACK_DIALOG_SET_H

#include "stack/dialog.h"
#include "stack/request.h"

/* `invite`: as for stack_request_create(), method empty or INVITE, contact required. Events carry `set` and, once a
 * fork has shown itself, `dialog`; all go to invite->sink with invite->user, those of the dialogs too until
 * dlg_set_owner().
 *
 *   PROVISIONAL  `dialog` is early, new or known; NULL for 100 and for 1xx without tag or beyond the limit
 *   FINAL 2xx    `dialog` is confirmed and now the owner's: dlg_ack() it, later dlg_end() it. The other early dialogs
 *                are dead after this event
 *   FINAL else   all early dialogs are dead after this event; so is the set
 *   EXTRA_2XX    another fork answered and was sent ACK and BYE: to tell, nothing to do
 *   DONE         after FINAL 2xx, 64*T1 later: the set is dead. The confirmed dialog lives on */
int dlg_set_create(stack *s, const stack_request_params *invite, stack_dialog_set **out);
/* As stack_request_cancel(). A 2xx that won the race comes up with its dialog: dlg_ack_and_bye() it. */
int dlg_set_cancel(stack_dialog_set *set, sx_slice headers);
/* Nobody waits for it any more: the handle and its early dialogs are dead on return, no further event. CANCEL is sent,
 * a 2xx that wins gets ACK and BYE. After FINAL 2xx only the set is given up, not the confirmed dialog. */
void dlg_set_abandon(stack_dialog_set *set);
/* The request inside, for stack_request_contact() and its like; not to be cancelled or abandoned itself. */
stack_request *dlg_set_request(stack_dialog_set *set);
size_t dlg_set_count(const stack_dialog_set *set); /* early and confirmed dialogs */
stack_dialog *dlg_set_at(const stack_dialog_set *set, size_t i);

#endif

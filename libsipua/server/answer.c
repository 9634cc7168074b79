/* Answers of the server's own. */
#include "server/internal.h"

#include "base/error.h"

void srv_refuse(stack_tx *tx, int status, const char *reason) {
    if (tx_reply(tx, status, reason) < 0) tx_drop(tx); /* no memory: the client asks somebody else in 32 s */
}

void srv_answer(stack_tx *tx, int status, const sx_buf *headers) {
    tx_response r = {.status = status, .headers = sx_buf_view(headers)};
    if (headers->failed || tx_respond(tx, &r) < 0) srv_refuse(tx, 500, NULL);
}

bool srv_refuse_extensions(stack_tx *tx, const sip_msg *msg, sip_hdr_id wanted, uint32_t known) {
    sip_list l;
    sx_slice tag;
    sx_buf b;
    sx_buf_init(&b);
    sip_list_begin(&l, msg, wanted);
    while (sip_list_next(&l, &tag) == 1) {
        if (sip_option_tag_of(tag) & known) continue;
        SX_BUF_LIT(&b, "Unsupported: ");
        sx_buf_slice(&b, tag);
        SX_BUF_LIT(&b, "\r\n");
    }
    bool refused = b.n || b.failed;
    if (refused) srv_answer(tx, 420, &b);
    sx_buf_free(&b);
    return refused;
}

void srv_answer_options(stack_tx *tx, const sip_msg *msg) {
    if (srv_refuse_extensions(tx, msg, SIP_HDR_REQUIRE, 0)) return;
    sx_buf b;
    sx_buf_init(&b);
    SX_BUF_LIT(&b, "Accept: */*\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE\r\n");
    srv_answer(tx, 200, &b);
    sx_buf_free(&b);
}
